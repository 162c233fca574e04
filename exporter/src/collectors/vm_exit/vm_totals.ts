import { Fleet, type NameOf } from '../fleet.js';
import type { Ledger, ThreadsOf } from './ledger.js';
import { Totals } from './totals.js';

/** The sums of every VM under its name; none of them ever falls. */
export class VmTotals {
  readonly #fleet: Fleet<Totals>;
  /** The largest guest and blocked time shown: an open interval is an estimate that its end may correct. */
  readonly #shown = new Map<string, { guest: number; blocked: Map<number, number> }>();

  /** `linger` in nanoseconds: how long an ended VM is still shown. `clock` is CLOCK_MONOTONIC in nanoseconds. */
  constructor(
    private readonly ledger: Pick<Ledger, 'read' | 'recycle' | 'processes'>,
    nameOf: NameOf,
    linger: number,
    private readonly clock: () => number = () => Number(process.hrtime.bigint()),
  ) {
    this.#fleet = new Fleet(() => new Totals(), nameOf, linger);
  }

  /** The sums of every VM that lives or has just ended, by name. */
  read(): Map<string, Totals> {
    const vms = this.#fleet.byName(this.ledger.read(this.clock()));
    for (const [name, totals] of vms) this.#neverFall(name, totals);
    return vms;
  }

  /** Takes back the rows of what has ended and forgets VMs that ended long ago. */
  recycle(threadsOf: ThreadsOf): void {
    const processes = [...this.ledger.processes().keys()];
    this.#fleet.meet(processes);
    for (const name of this.#fleet.end(this.ledger.recycle(processes, threadsOf), this.clock()))
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
