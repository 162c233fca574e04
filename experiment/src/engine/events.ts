/** What a run tells while it goes on: for the terminal, and for annotations in Grafana. */
import type { Cell, CellResult, Sample } from '../results.js';

/** The cycle of the study, in its order. */
export const PHASES = [
  'prepare',
  'load the sensor',
  'start logging',
  'start the load',
  'discard warm-up',
  'collect',
  'discard cool-off',
  'stop the load',
  'unload the sensor',
  'store',
  'clean up',
] as const;
export type Phase = (typeof PHASES)[number];

/** Times are in milliseconds since 1970. */
export type RunEvent =
  | { event: 'run began'; time: number; cells: number; done: number; secondsLeft: number }
  | { event: 'cell began'; time: number; cell: Cell; order: number }
  | { event: 'phase began'; time: number; cell: Cell; phase: Phase }
  | { event: 'sample taken'; time: number; cell: Cell; sample: Sample }
  | { event: 'cell stored'; time: number; result: CellResult; secondsLeft: number }
  /** It is not stored, and a run that is taken up again measures it. */
  | { event: 'cell failed'; time: number; cell: Cell; reason: string }
  | { event: 'run ended'; time: number; how: 'complete' | 'interrupted' | 'failed' };

/** Hears of everything in order. What it does is not waited for, and what it throws ends the run. */
export type Observer = (event: RunEvent) => void;
