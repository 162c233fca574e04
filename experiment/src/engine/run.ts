/** Measures every cell of a plan that is not stored yet, and leaves the machines as they were. */
import type { Announcer, Progress } from '../announcer.js';
import { EXIT, Failure } from '../failure.js';
import type { Plan } from '../plan/plan.js';
import type { Cell, Platform } from '../results.js';
import { measure } from './cycle.js';
import type { Equipment } from './equipment.js';
import { Estimate } from './estimate.js';
import type { RunFolder } from './folder.js';
import type { Journal } from './journal.js';
import type { Phase } from './phases.js';
import { describeRestored, recordState, restore } from './restore.js';
import { JournaledChanges, undo, type Shells } from './undo.js';

/** What failed is tried again when all else is measured, so that a run nobody watches does not end for a moment's trouble. */
const ROUNDS = 2;
/** Cells in a row that fail before it is taken for granted that the next would too. */
const FAILURES_IN_A_ROW = 3;
/** Seconds that a guest may take to come up again. */
const REBOOT = 900;

/** What a run works with. */
export interface RunOrder {
  folder: RunFolder;
  journal: Journal;
  plan: Plan;
  equipment: Equipment;
  /** All of the plan that are possible here, in their order. */
  cells: readonly Cell[];
  announcers: readonly Announcer[];
  /** When aborted, the run ends in good order. */
  signal: AbortSignal;
  /** Tells the user a sentence. */
  say(sentence: string): void;
}

export type Ending = 'complete' | 'interrupted' | 'incomplete';

/** Nothing of an earlier part of the run may be left. Throws only when machines could not be prepared; they are as before then too. */
export async function run(order: RunOrder): Promise<Ending> {
  const { folder, journal, equipment, say } = order;
  const shells = shellsOf(equipment);
  journal.write({ entry: 'measuring', cells: order.cells.length });
  await recordState(journal, shells);
  let ending: Ending = 'incomplete';
  try {
    ending = await new Cells(order).run();
  } finally {
    const restored = await restore(journal, shells);
    for (const sentence of describeRestored(restored, folder.path)) say(sentence);
    if (restored.failed.length > 0) ending = 'incomplete';
    journal.write({ entry: 'run ended', how: ending });
  }
  return ending;
}

export function shellsOf({ host, guest }: Equipment): Shells {
  return { host, ...(guest ? { guest } : {}) };
}

/** The cells of a run, one after the other. */
class Cells {
  readonly #order: RunOrder;
  readonly #changes: JournaledChanges;
  readonly #estimate: Estimate;
  readonly #stored: Set<string>;
  /** The last change that stays from cell to cell. */
  #standing = 0;
  #failuresInARow = 0;

  constructor(order: RunOrder) {
    this.#order = order;
    this.#changes = new JournaledChanges(order.journal);
    this.#estimate = new Estimate(order.plan);
    this.#stored = order.folder.stored();
  }

  async run(): Promise<Ending> {
    const { cells, equipment, signal } = this.#order;
    await this.#prepare('host');
    if (equipment.guest) await this.#prepare('guest');
    for (let round = 0; round < ROUNDS; round++) {
      for (const [place, cell] of cells.entries()) {
        if (this.#stored.has(cell.id)) continue;
        if (signal.aborted) return 'interrupted';
        if (this.#failuresInARow === FAILURES_IN_A_ROW) {
          this.#order.say(`${FAILURES_IN_A_ROW} cells in a row have failed; the rest is left.`);
          return 'incomplete';
        }
        await this.#cell(cell, place);
      }
    }
    if (signal.aborted) return 'interrupted';
    return cells.every(({ id }) => this.#stored.has(id)) ? 'complete' : 'incomplete';
  }

  async #prepare(machine: Platform): Promise<void> {
    const { equipment, journal } = this.#order;
    await this.#orEnd(`prepare the ${machine}`, equipment.prepare(equipment[machine]!, this.#changes));
    this.#standing = journal.lastId;
  }

  /** Nothing can be measured without this: what fails ends the run. */
  async #orEnd(what: string, done: Promise<unknown>): Promise<void> {
    await done.catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      const remedy = `Then go on with trapline experiment resume ${this.#order.folder.path}.`;
      throw new Failure(`Could not ${what}: ${reason}`, remedy, EXIT.incomplete);
    });
  }

  async #cell(cell: Cell, place: number): Promise<void> {
    const { announcers, journal, folder, equipment, say } = this.#order;
    const began = performance.now();
    for (const announcer of announcers) announcer.cellStarted(cell, this.#progress());
    const result = await this.#measure(cell, place).catch((error: unknown) => {
      this.#fail(cell, error);
      return undefined;
    });
    if (result) {
      this.#enter(cell, 'store');
      folder.store(result);
      journal.write({ entry: 'cell stored', cell: cell.id });
      this.#stored.add(cell.id);
      this.#failuresInARow = 0;
    }
    this.#enter(cell, 'clean up');
    for (const what of await undo(journal, shellsOf(equipment), this.#standing))
      say(`Not taken back: ${what}`);
    if (cell.platform === 'guest') await this.#reboot();
    if (result) this.#estimate.add((performance.now() - began) / 1000);
    for (const announcer of announcers) announcer.cellEnded(cell, result, this.#progress());
  }

  #measure(cell: Cell, place: number): ReturnType<typeof measure> {
    return measure(cell, place, {
      ...this.#order,
      changes: this.#changes,
      enter: (phase) => {
        this.#enter(cell, phase);
      },
      taken: (sample) => {
        for (const announcer of this.#order.announcers) announcer.sample(cell, sample);
      },
    });
  }

  #enter(cell: Cell, phase: Phase): void {
    this.#order.journal.write({ entry: 'phase', cell: cell.id, phase });
    for (const announcer of this.#order.announcers) announcer.phase?.(cell, phase);
  }

  #fail(cell: Cell, error: unknown): void {
    const { journal, signal, say } = this.#order;
    const reason = signal.aborted ? 'interrupted' : error instanceof Error ? error.message : String(error);
    journal.write({ entry: 'cell failed', cell: cell.id, reason });
    if (signal.aborted) return;
    this.#failuresInARow++;
    say(`${cell.id} failed: ${reason}`);
  }

  /** What was prepared in the guest is gone with it and prepared anew. */
  async #reboot(): Promise<void> {
    const { plan, equipment, signal } = this.#order;
    if (plan.guest?.reboot === undefined || signal.aborted) return;
    await this.#orEnd('reboot the guest', equipment.host.must(plan.guest.reboot, { timeout: REBOOT }));
    await this.#prepare('guest');
  }

  #progress(): Progress {
    const planned = this.#order.cells.length;
    const done = this.#order.cells.filter(({ id }) => this.#stored.has(id)).length;
    return { done, planned, secondsLeft: this.#estimate.secondsFor(planned - done) };
  }
}
