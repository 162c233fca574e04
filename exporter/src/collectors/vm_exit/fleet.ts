import type { Ledger, ProcessKey, ThreadsOf } from './ledger.js';
import { Totals } from './totals.js';

/** Gives a process its VM's name. */
export type NameOf = (key: ProcessKey) => string;

/** What an ended VM left behind under its name. */
interface Legacy {
  totals: Totals;
  endedAt: number;
}

/**
 * Sums under the names of VMs. What a VM counted stays for a while after its end, so that every scraper sees its last
 * values, and stays for good while another VM bears its name, so that no counter of a living VM ever falls.
 */
export class VmTotals {
  readonly #names = new Map<ProcessKey, string>();
  readonly #legacies = new Map<string, Legacy>();
  /** The largest guest and blocked time shown: an open interval is an estimate that its end may correct. */
  readonly #shown = new Map<string, { guest: number; blocked: Map<number, number> }>();

  /** `linger` in nanoseconds: how long an ended VM is still shown. `clock` is CLOCK_MONOTONIC in nanoseconds. */
  constructor(
    private readonly ledger: Pick<Ledger, 'read' | 'recycle' | 'processes'>,
    private readonly nameOf: NameOf,
    private readonly linger: number,
    private readonly clock: () => number = () => Number(process.hrtime.bigint()),
  ) {}

  /** The sums of every VM that lives or has just ended, by name. */
  read(): Map<string, Totals> {
    const vms = new Map<string, Totals>();
    const add = (name: string, totals: Totals): void => {
      const known = vms.get(name);
      if (known) known.add(totals);
      else vms.set(name, totals);
    };
    for (const [key, totals] of this.ledger.read(this.clock())) add(this.#name(key), totals);
    for (const [name, { totals }] of this.#legacies) add(name, copyOf(totals));
    for (const [name, totals] of vms) this.#neverFall(name, totals);
    return vms;
  }

  /** Takes back the rows of what has ended and forgets VMs that ended long ago. */
  recycle(threadsOf: ThreadsOf): void {
    const now = this.clock();
    for (const key of this.ledger.processes()) this.#name(key);
    for (const [key, totals] of this.ledger.recycle(threadsOf)) {
      const name = this.#name(key);
      const legacy = this.#legacies.get(name) ?? { totals: new Totals(), endedAt: now };
      legacy.totals.add(totals);
      legacy.endedAt = now;
      this.#legacies.set(name, legacy);
      this.#names.delete(key);
    }
    const living = new Set(this.#names.values());
    for (const [name, { endedAt }] of this.#legacies) {
      if (living.has(name) || now - endedAt < this.linger) continue;
      this.#legacies.delete(name);
      this.#shown.delete(name);
    }
  }

  /** A name is asked for once, while the process lives. */
  #name(key: ProcessKey): string {
    const name = this.#names.get(key) ?? this.nameOf(key);
    this.#names.set(key, name);
    return name;
  }

  #neverFall(name: string, totals: Totals): void {
    const shown = this.#shown.get(name) ?? { guest: 0, blocked: new Map<number, number>() };
    this.#shown.set(name, shown);
    totals.guest = shown.guest = Math.max(shown.guest, totals.guest);
    for (const [key, reason] of totals.reasons) {
      reason.blocked = Math.max(shown.blocked.get(key) ?? 0, reason.blocked);
      shown.blocked.set(key, reason.blocked);
    }
  }
}

function copyOf(totals: Totals): Totals {
  const copy = new Totals();
  copy.add(totals);
  return copy;
}
