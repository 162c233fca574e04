import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Platform } from '../results.js';
import type { Change } from './change.js';
import type { Phase } from './phases.js';

/** A line of the journal, beside its time. */
export type Entry =
  /** The run begins, or is taken up again. */
  | { entry: 'measuring'; cells: number }
  /** What each machine was like before the first change, as lines of `state.ts`. */
  | { entry: 'state before'; machine: Platform; lines: string[] }
  /** What is otherwise when all is taken back. */
  | { entry: 'state after'; machine: Platform; differences: string[] }
  | { entry: 'phase'; cell: string; phase: Phase }
  | ({ entry: 'change'; id: number } & Change)
  | { entry: 'undone'; ids: number[] }
  | { entry: 'undo failed'; ids: number[]; reason: string }
  | { entry: 'cell stored'; cell: string }
  | { entry: 'cell failed'; cell: string; reason: string }
  | { entry: 'run ended'; how: 'complete' | 'interrupted' | 'incomplete' };

/** A change that has not been taken back. */
export type OpenChange = Change & { id: number };

/**
 * The record of a run, a JSON object a line. A line is on the disk before `write` returns, so that what is done after it is known
 * whatever happens. A line that a crash left unfinished counts as not written: what it announced was not begun.
 */
export class Journal {
  readonly #file: number;
  readonly #open = new Map<number, OpenChange>();
  readonly #states = new Map<Platform, string[]>();
  #lastId = 0;

  /** Reads what is there and goes on after it. */
  constructor(path: string) {
    const { whole, torn } = readLines(path);
    for (const entry of whole) this.#note(entry);
    this.#file = openSync(path, 'a');
    if (torn) writeSync(this.#file, '\n');
  }

  write(entry: Entry): void {
    writeSync(this.#file, `${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`);
    fsyncSync(this.#file);
    this.#note(entry);
  }

  /** Writes a change that is about to be made. Returns its id. */
  announce(change: Change): number {
    const id = this.#lastId + 1;
    this.write({ entry: 'change', id, ...change });
    return id;
  }

  /** Changes not taken back, in the order they were made. */
  get open(): OpenChange[] {
    return [...this.#open.values()];
  }

  /** Id of the last change announced; 0 before the first. */
  get lastId(): number {
    return this.#lastId;
  }

  /** What a machine was like before the first change; undefined before that was written. */
  stateBefore(machine: Platform): string[] | undefined {
    return this.#states.get(machine);
  }

  close(): void {
    closeSync(this.#file);
  }

  #note(entry: Entry): void {
    if (entry.entry === 'change') {
      const { id, machine, what, undo } = entry;
      this.#open.set(id, { id, machine, what, undo });
      this.#lastId = Math.max(this.#lastId, id);
    } else if (entry.entry === 'undone') {
      for (const id of entry.ids) this.#open.delete(id);
    } else if (entry.entry === 'state before') {
      this.#states.set(entry.machine, entry.lines);
    }
  }
}

/** `torn` tells whether the last line has no end. */
function readLines(path: string): { whole: Entry[]; torn: boolean } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { whole: [], torn: false };
    throw error;
  }
  const lines = text.split('\n');
  const torn = lines.pop() !== '';
  return { whole: lines.flatMap(parse), torn };
}

/** A line torn by an earlier crash stays in the file, and is nothing. */
function parse(line: string): Entry[] {
  try {
    return [JSON.parse(line) as Entry];
  } catch {
    return [];
  }
}
