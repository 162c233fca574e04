/** Groups of programs that are put on their hooks and taken off again, as the exporter's loader does. */
import { Attachments, type ProgramRunStats } from '../exporter/src/kernel/index.js';
import { objectIn, signalsIn, type Group } from './floors.js';

/** Groups that are on their hooks side by side, so that the same events run all of them. */
export class Hooked {
  readonly #groups = new Map<Group, Attachments>();
  readonly #only: readonly string[];

  /** `only`: the names of the signals to attach; all where none is named. */
  constructor(only: readonly string[] = []) {
    this.#only = only;
  }

  /** Puts a group on its hooks. Returns why programs could not be, by name. */
  on(group: Group): Record<string, string> {
    const known = this.#groups.get(group);
    const signals = signalsIn(group, this.#only);
    const attachments = known ?? new Attachments(signals, ({ name }) => objectIn(group, name));
    if (known) for (const { name } of signals) known.resume(name);
    this.#groups.set(group, attachments);
    attachments.attach();
    const refused = attachments.states().filter(({ attached }) => !attached);
    return Object.fromEntries(refused.map(({ program, reason }) => [program, reason]));
  }

  off(group: Group): void {
    for (const { name } of signalsIn(group, this.#only)) this.#groups.get(group)?.suspend(name, 'taken off');
  }

  /** What the kernel has measured of the programs of each group since they were put on. */
  read(): Partial<Record<Group, ProgramRunStats[]>> {
    return Object.fromEntries(
      [...this.#groups].map(([group, attachments]) => [group, attachments.runStats()]),
    );
  }
}
