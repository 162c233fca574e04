import { ticksOf } from '../machine/index.js';

/** Which process, by pid and start in clock ticks since boot: the key of a VM in the inventory. */
export type ProcessKey = string;

/** The key of a process as the kernel's side knows it: `startNs` is its group leader's start_boottime. */
export const processKey = (tgid: number, startNs: number): ProcessKey => `${tgid}:${ticksOf(startNs)}`;

/** Gives a process its VM's name. */
export type NameOf = (key: ProcessKey) => string;

/** Something that is counted. */
export interface Sums<T> {
  add(other: T): void;
}

/** A process under its VM's name. */
interface Known {
  name: string;
  /** When the last look before it was met was; it has counted nothing before. */
  since: number;
}

/** What ended VMs left behind under one name. */
interface Legacy<T> {
  sums: T;
  since: number;
  endedAt: number;
  /** Of more than one VM: a name that comes again makes no new series. */
  again: boolean;
}

/** So many ended VMs are shown under their names; their series are what makes a host of short-lived VMs expensive. */
const MAX_ENDED = 128;

/** What holds the sums of short-lived VMs that ended when there were more. */
export const SHORT_LIVED = '(short-lived VMs)';

/**
 * Sums of processes under the names of their VMs. What a VM counted stays for a while after its end, so that every scraper
 * sees its last values, and stays for good while another VM bears its name, so that no counter of a living VM ever falls.
 * Where too many end, those that ended first go early, names that came once before others; the counts of short-lived ones,
 * which a scraper may never have seen, are then added up under a name of their own.
 */
export class Fleet<T extends Sums<T>> {
  readonly #known = new Map<ProcessKey, Known>();
  /** Those that ended last come last. */
  readonly #legacies = new Map<string, Legacy<T>>();
  #shortLived: T | undefined;
  #lookedAt = -Infinity;

  /** `zero` gives new sums; `linger` in nanoseconds: how long an ended VM is still shown. */
  constructor(
    private readonly zero: () => T,
    private readonly nameOf: NameOf,
    private readonly linger: number,
  ) {}

  /** The sums by name, of the given processes and of VMs that have ended lately. The given sums become those of their names. */
  byName(processes: Iterable<readonly [ProcessKey, T]>): Map<string, T> {
    const vms = new Map<string, T>();
    const add = (name: string, sums: T): void => {
      const sum = vms.get(name) ?? this.zero();
      sum.add(sums);
      vms.set(name, sum);
    };
    for (const [key, sums] of processes) {
      const { name } = this.#know(key);
      if (vms.has(name)) add(name, sums);
      else vms.set(name, sums);
    }
    if (this.#shortLived) add(SHORT_LIVED, this.#shortLived);
    for (const [name, { sums }] of this.#legacies) add(name, sums);
    return vms;
  }

  /** Names processes while they live: later it could not be found out any more. */
  meet(processes: Iterable<ProcessKey>): void {
    for (const key of processes) this.#know(key);
  }

  /**
   * Takes over the last sums of processes that have ended by `now`, in nanoseconds of any clock. Returns the names that
   * are shown no more.
   */
  end(ended: Iterable<readonly [ProcessKey, T]>, now: number): string[] {
    for (const [key, sums] of ended) this.#bequeath(key, sums, now);
    this.#lookedAt = now;
    const living = new Set([...this.#known.values()].map(({ name }) => name));
    const shown = [...this.#legacies]
      .filter(([name]) => !living.has(name))
      .sort(([, a], [, b]) => Number(a.again) - Number(b.again));
    const tooMany = shown.length - MAX_ENDED;
    const forgotten = shown.filter(([, { endedAt }], i) => now - endedAt >= this.linger || i < tooMany);
    for (const [name, legacy] of forgotten) this.#forget(name, legacy, now);
    return forgotten.map(([name]) => name);
  }

  #bequeath(key: ProcessKey, sums: T, now: number): void {
    const { name, since } = this.#know(key);
    const before = this.#legacies.get(name);
    const legacy = before ?? { sums: this.zero(), since, endedAt: now, again: false };
    legacy.sums.add(sums);
    legacy.endedAt = now;
    legacy.again = before !== undefined;
    this.#legacies.delete(name);
    this.#legacies.set(name, legacy);
    this.#known.delete(key);
  }

  #forget(name: string, { sums, since, endedAt }: Legacy<T>, now: number): void {
    this.#legacies.delete(name);
    if (now - endedAt >= this.linger || endedAt - since >= this.linger) return;
    this.#shortLived ??= this.zero();
    this.#shortLived.add(sums);
  }

  /** A name is asked for once, while the process lives or is counted. */
  #know(key: ProcessKey): Known {
    const known = this.#known.get(key) ?? { name: this.nameOf(key), since: this.#lookedAt };
    this.#known.set(key, known);
    return known;
  }
}
