/** Leaves machines as they were, and says what is otherwise. */
import type { Platform } from '../results.js';
import type { Journal } from './journal.js';
import { differences, lookAt } from './state.js';
import { undo, type Shells } from './undo.js';

/** Writes down what the machines are like, unless an earlier part of the run has. */
export async function recordState(journal: Journal, shells: Shells): Promise<void> {
  for (const machine of Object.keys(shells) as Platform[])
    if (!journal.stateBefore(machine))
      journal.write({ entry: 'state before', machine, lines: await lookAt(shells[machine]!) });
}

/** What became of machines. */
export interface Restored {
  /** What could not be taken back. */
  failed: string[];
  /** What is otherwise than before the run, by machine, and not because of a change that is known. */
  different: { machine: Platform; lines: string[] }[];
}

/** Takes back every change that is left, and compares. A machine that cannot be reached is said in `failed`. */
export async function restore(journal: Journal, shells: Shells): Promise<Restored> {
  const failed = await undo(journal, shells);
  const different: Restored['different'] = [];
  for (const machine of Object.keys(shells) as Platform[]) {
    const before = journal.stateBefore(machine);
    const after = before && (await lookAt(shells[machine]!).catch(() => undefined));
    if (!before) continue;
    if (!after) {
      failed.push(`look at the ${machine}: it cannot be reached`);
      continue;
    }
    const lines = differences(before, after);
    journal.write({ entry: 'state after', machine, differences: lines });
    if (lines.length > 0) different.push({ machine, lines });
  }
  return { failed, different };
}

/** In words, a line each. */
export function describeRestored({ failed, different }: Restored, folder: string): string[] {
  const sentences = different.flatMap(({ machine, lines }) => [
    `The ${machine} is otherwise than before (- gone, + new):`,
    ...lines.map((line) => `  ${line}`),
  ]);
  if (failed.length > 0)
    sentences.push(
      'This could not be taken back:',
      ...failed.map((what) => `  ${what}`),
      `Try again with trapline experiment clean ${folder}.`,
    );
  return sentences.length > 0
    ? sentences
    : ['Interfaces, modules, interrupts and processes are as they were before.'];
}
