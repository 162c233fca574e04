import { listings, type Activity, type Listing } from './activities.js';

/** Kernel code from `start` to the start of the next range. */
export interface CodeRange {
  start: bigint;
  /** Undefined where the code is not listed. */
  activity: Activity | undefined;
}

/** A function as /proc/kallsyms tells it; its end is the start of the next one. */
interface KernelFunction {
  address: Address;
  activity: Activity | undefined;
  /** Empty for the kernel itself. */
  module: string;
}

/** Of 64 bits with a sign: where kernels lie that is near enough to 0 for a number to hold it exactly. */
type Address = number;

/** A line that tells a function: address in two halves, a type of text, name, module. Others tell data or are not understood. */
const FUNCTION = /^([0-9a-f]{8})([0-9a-f]{8}) [tTwW] (\S+)(?:\t\[([^\]\s]+)\])?$/;

/** What gcc adds to parts of a function, and what 6.2 puts before it. */
const DECORATION = /^__pfx_|\..*$/g;

/** What is told instead of an address to who may not know it. */
const HIDDEN: Address = 0;

/** How much a module's last function gets: where it ends is not told, and the next symbol may be far away. */
const LAST_FUNCTION = 4096;

/**
 * The listed ranges of kernel code in the order of their addresses, as few as there can be, from the lines of kallsyms. Empty
 * where it hides the addresses, which are 0 then.
 */
export function codeRanges(kallsyms: Iterable<string>, classify = classifier(listings)): CodeRange[] {
  const ranges: CodeRange[] = [];
  const append = (address: Address, activity: Activity | undefined): void => {
    if (ranges.at(-1)?.activity !== activity)
      ranges.push({ start: BigInt.asUintN(64, BigInt(address)), activity });
  };
  let before: KernelFunction | undefined;
  for (const each of new Functions(kallsyms, classify).inOrder()) {
    if (before?.activity && before.module !== each.module && each.address > before.address + LAST_FUNCTION)
      append(before.address + LAST_FUNCTION, undefined);
    append(each.address, each.activity);
    before = each;
  }
  if (before?.activity) append(before.address + LAST_FUNCTION, undefined);
  return ranges;
}

/** Some hundred thousand functions, without an object for each: the heap would stay as large as that once made it. */
class Functions {
  readonly #addresses: Address[] = [];
  readonly #activities: (Activity | undefined)[] = [];
  readonly #modules: string[] = [];

  constructor(kallsyms: Iterable<string>, classify: Classifier) {
    const modules = new Map<string, string>();
    for (const line of kallsyms) {
      const [, high, low, name, inModule = ''] = FUNCTION.exec(line) ?? [];
      if (name === undefined) continue;
      const module = modules.get(inModule) ?? inModule;
      modules.set(module, module);
      this.#addresses.push((parseInt(high!, 16) | 0) * 2 ** 32 + parseInt(low!, 16));
      this.#activities.push(classify(name.replace(DECORATION, ''), module));
      this.#modules.push(module);
    }
  }

  /** By address. Of names for one address a listed one counts. */
  *inOrder(): Generator<KernelFunction> {
    const addresses = this.#addresses;
    const order = Uint32Array.from(addresses.keys()).sort((a, b) => addresses[a]! - addresses[b]!);
    for (let i = 0; i < order.length;) {
      const address = addresses[order[i]!]!;
      const module = this.#modules[order[i]!]!;
      let activity: Activity | undefined;
      for (; addresses[order[i]!] === address; i++) activity ??= this.#activities[order[i]!];
      if (address !== HIDDEN) yield { address, activity, module };
    }
  }
}

type Classifier = (name: string, module: string) => Activity | undefined;

/** Makes a function that tells the activity of a function by its name and module. */
export function classifier(table: readonly Listing[]): Classifier {
  const rules = table.map(({ activity, modules = [], functions = [] }) => ({
    activity,
    modules: new Set(modules),
    names: new RegExp(`^(?:${functions.map((name) => name.replaceAll('*', '.*')).join('|') || '(?!)'})$`),
  }));
  return (name, module) =>
    rules.find(({ modules, names }) => modules.has(module) || names.test(name))?.activity;
}
