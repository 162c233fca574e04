import { createHash } from 'node:crypto';
import { bounded, MAX_NAME } from './identity.js';

/** What a VM may be called. */
export interface Wanted {
  pid: number;
  name: string;
  /** What tells it from another VM of that name and is the same after its restart, the best first. Hostile text. */
  marks: readonly string[];
}

/** So many names are remembered that two VMs had at once. */
const MAX_SHARED = 1024;

/**
 * Gives VMs names that are unique among those alive. Where two VMs have one name, each gets marks appended that survive its
 * restart, until it is unique; its process id comes last. A name once given stays with its VM for life, so that no running
 * series changes when a second VM of its name starts. From then on the name is known as shared: whoever starts under it
 * gets its own mark, in whatever order they start.
 */
export class Names {
  /** Those that were met last come last. */
  readonly #shared = new Set<string>();

  /** Names for VMs that were found at the same time, in their order; `taken` tells whether another VM that lives has a name. */
  give(newcomers: readonly Wanted[], taken: (name: string) => boolean): string[] {
    const marked = newcomers.map(() => 0);
    for (;;) {
      const names = newcomers.map((vm, i) => nameOf(vm, marked[i]!));
      const twice = repeated(names);
      const unfree = names.map((name) => twice.has(name) || this.#shared.has(name) || taken(name));
      if (!unfree.includes(true)) return names;
      unfree.forEach((again, i) => {
        if (!again) return;
        this.#share(names[i]!);
        marked[i]!++;
      });
    }
  }

  /** The name that a VM would have got, where it has ended before it was found. */
  ofEnded(vm: Wanted): string {
    const marked = vm.marks.findIndex((_, i) => !this.#shared.has(nameOf(vm, i)));
    return nameOf(vm, marked < 0 ? vm.marks.length : marked);
  }

  #share(name: string): void {
    this.#shared.delete(name);
    this.#shared.add(name);
    if (this.#shared.size > MAX_SHARED) this.#shared.delete(this.#shared.values().next().value!);
  }
}

/** A mark of what started a VM: the same after a restart by the same command line. */
export const markOfCommand = (cmdline: string): string =>
  createHash('sha256').update(cmdline).digest('hex').slice(0, 8);

/** A name with so many marks; where they run out, with the process id. */
function nameOf({ name, marks, pid }: Wanted, marked: number): string {
  const suffix = Array.from({ length: marked }, (_, i) => `#${marks[i] ?? pid}`).join('');
  return suffix === '' ? name : bounded(name, MAX_NAME - suffix.length) + suffix;
}

/** Those that come more than once. */
function repeated(names: readonly string[]): ReadonlySet<string> {
  const met = new Set<string>();
  return new Set(names.filter((name) => met.size === met.add(name).size));
}
