import { Fleet, type NameOf, type ProcessKey } from '../fleet.js';
import type { Ledger } from './ledger.js';
import { Totals } from './totals.js';

/** The threads of a process that is still the one the key names; undefined when it is gone. */
export type ThreadsOf = (key: ProcessKey) => ReadonlySet<number> | undefined;

/** The sums of every VM under its name; none of them ever falls. */
export class VmTotals {
  readonly #fleet: Fleet<Totals>;
  /** How many readings are under way. */
  #readers = 0;
  /** The largest guest and blocked time shown: an open interval is an estimate that its end may correct. */
  readonly #shown = new Map<string, { guest: number; blocked: Map<number, number> }>();

  /** `linger` in nanoseconds: how long an ended VM is still shown. `clock` is CLOCK_MONOTONIC in nanoseconds. */
  constructor(
    private readonly ledger: Pick<Ledger, 'read' | 'rows' | 'recycle' | 'processes'>,
    nameOf: NameOf,
    linger: number,
    private readonly clock: () => number = () => Number(process.hrtime.bigint()),
  ) {
    this.#fleet = new Fleet(() => new Totals(), nameOf, linger);
  }

  /** The sums of every VM that lives or has just ended, by name, in pieces. */
  *read(): Generator<void, Map<string, Totals>> {
    this.#readers++;
    try {
      const vms = this.#fleet.byName(yield* this.ledger.read(this.clock()));
      for (const [name, totals] of vms) this.#neverFall(name, totals);
      return vms;
    } finally {
      this.#readers--;
    }
  }

  /**
   * Takes back the rows of what has ended and forgets VMs that ended long ago, in pieces. While somebody reads, that waits for the
   * next time: a row taken back would be missing, or be there twice.
   */
  *recycle(threadsOf: ThreadsOf): Generator<void> {
    const rows = this.ledger.rows();
    const processes = [...this.ledger.processes().keys()];
    this.#fleet.meet(processes);
    const living = new Map<ProcessKey, ReadonlySet<number> | undefined>();
    for (const key of processes) {
      living.set(key, threadsOf(key));
      yield;
    }
    if (this.#readers > 0) return;
    for (const name of this.#fleet.end(this.ledger.recycle(rows, living), this.clock()))
      this.#shown.delete(name);
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
