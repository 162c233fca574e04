/** What a bench is, and what it gives. */
import type { Step } from '../lab/progress.js';
import type { Package } from '../setup/packages.mjs';
import type { Measure } from './statistics.js';

/** One question and the way to its answer: `bench/<name>.bench.ts` exports it as `bench`. */
export interface Bench {
  readonly name: string;
  /** The question, in one sentence. */
  readonly answers: string;
  readonly needs: { readonly root: boolean; readonly packages: readonly Package[] };
  /** Measures on every ground it can; each result is kept as it comes. Throws a sentence where the ground is missing. */
  run(context: BenchContext): AsyncIterable<Result> | Promise<readonly Result[]>;
}

export interface BenchContext {
  /** Does a part of the work under a sentence on the terminal. */
  readonly step: Step;
  /** How long to measure what has no other end, where the user says so. */
  readonly minutes?: number;
}

/** What one bench measured on one ground. */
export interface Result {
  bench: string;
  /** Where: `machine`, or the lab's host as in `lab-6.12`. Names the file beside the bench's name. */
  ground: string;
  machine: MachineFacts;
  tables: Table[];
  goals: Goal[];
  plots: Plot[];
  /** What a reader must know of these figures, one sentence each. */
  notes: string[];
}

/** The machine that ran it. */
export interface MachineFacts {
  /** As `uname -r` says it. */
  kernel: string;
  cpu: string;
  cpus: number;
  /** What stands between the programs and the processor. */
  emulated: 'no' | 'time' | 'instructions';
  /** In UTC, as 2026-01-31 12:30. */
  date: string;
}

/** The figures of one comparison. What is compared ran in turns in the same run. */
export interface Table {
  title: string;
  /** How often each variant ran, and so how many pairs its ratios come from. */
  pairs: number;
  /** The heads of the cells with their units; ratios come first. */
  columns: string[];
  rows: { name: string; cells: Cell[] }[];
}

/** A dash in the table where it is null. */
export type Cell = Measure | number | string | null;

/** Something promised, as a bound of one figure. */
export interface Goal {
  /** As in `exit + entry ÷ (two empty programs + two clock readings)`. */
  what: string;
  /** The figure must not be more, or must not be less, than this. */
  bound: 'at most' | 'at least';
  limit: number;
  measured: Measure;
  unit: string;
  met: boolean;
  /** What stands in the way where it is not met. */
  floor?: string;
  /** What the last run on the same machine measured. */
  before?: Measure;
}

/** Drawn into the document. */
export type Plot = Bars | Lines;

export interface Bars {
  kind: 'bars';
  /** Names its file. */
  name: string;
  title: string;
  unit: string;
  bars: { name: string; value: number; mark?: 'ours' | 'floor' }[];
}

export interface Lines {
  kind: 'lines';
  name: string;
  title: string;
  x: Axis;
  y: Axis;
  series: { name: string; points: [x: number, y: number][] }[];
}

export interface Axis {
  label: string;
  scale: 'linear' | 'log';
}

/** Holds a figure against its bound by its median. */
export function goal(what: string, bound: Goal['bound'], limit: number, measured: Measure, unit = ''): Goal {
  const met = bound === 'at most' ? measured.median <= limit : measured.median >= limit;
  return { what, bound, limit, measured, unit, met };
}
