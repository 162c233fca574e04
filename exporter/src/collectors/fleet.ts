/** Which process, by pid and start in clock ticks since boot: the key of a VM in the inventory. */
export type ProcessKey = string;

/** USER_HZ, in which /proc tells the start of a process. */
const NS_PER_TICK = 10_000_000;

/** The key of a process as the kernel's side knows it: `startNs` is its group leader's start_boottime. */
export const processKey = (tgid: number, startNs: number): ProcessKey =>
  `${tgid}:${Math.floor(startNs / NS_PER_TICK)}`;

/** Gives a process its VM's name. */
export type NameOf = (key: ProcessKey) => string;

/** Something that is counted. */
export interface Sums<T> {
  add(other: T): void;
}

/** What an ended VM left behind under its name. */
interface Legacy<T> {
  sums: T;
  endedAt: number;
}

/**
 * Sums of processes under the names of their VMs. What a VM counted stays for a while after its end, so that every scraper
 * sees its last values, and stays for good while another VM bears its name, so that no counter of a living VM ever falls.
 */
export class Fleet<T extends Sums<T>> {
  readonly #names = new Map<ProcessKey, string>();
  readonly #legacies = new Map<string, Legacy<T>>();

  /** `zero` gives new sums; `linger` in nanoseconds: how long an ended VM is still shown. */
  constructor(
    private readonly zero: () => T,
    private readonly nameOf: NameOf,
    private readonly linger: number,
  ) {}

  /** The sums by name, of the given processes and of VMs that have ended lately. */
  byName(processes: Iterable<readonly [ProcessKey, T]>): Map<string, T> {
    const vms = new Map<string, T>();
    const add = (name: string, sums: T): void => {
      const sum = vms.get(name) ?? this.zero();
      sum.add(sums);
      vms.set(name, sum);
    };
    for (const [key, sums] of processes) add(this.#name(key), sums);
    for (const [name, { sums }] of this.#legacies) add(name, sums);
    return vms;
  }

  /** Names processes while they live: later it could not be found out any more. */
  meet(processes: Iterable<ProcessKey>): void {
    for (const key of processes) this.#name(key);
  }

  /**
   * Takes over the last sums of processes that have ended by `now`, in nanoseconds of any clock. Returns the names that
   * are shown no more.
   */
  end(ended: Iterable<readonly [ProcessKey, T]>, now: number): string[] {
    for (const [key, sums] of ended) {
      const name = this.#name(key);
      const legacy = this.#legacies.get(name) ?? { sums: this.zero(), endedAt: now };
      legacy.sums.add(sums);
      legacy.endedAt = now;
      this.#legacies.set(name, legacy);
      this.#names.delete(key);
    }
    const living = new Set(this.#names.values());
    const forgotten = [...this.#legacies]
      .filter(([name, { endedAt }]) => !living.has(name) && now - endedAt >= this.linger)
      .map(([name]) => name);
    for (const name of forgotten) this.#legacies.delete(name);
    return forgotten;
  }

  /** A name is asked for once, while the process lives. */
  #name(key: ProcessKey): string {
    const name = this.#names.get(key) ?? this.nameOf(key);
    this.#names.set(key, name);
    return name;
  }
}
