import type { Phase } from './engine/phases.js';
import type { Cell, CellResult, Sample } from './results.js';

/** How far a run is. */
export interface Progress {
  /** Cells of the plan that are measured. */
  done: number;
  /** Cells of the plan. */
  planned: number;
  /** Seconds until the last one is measured, as far as can be told. */
  secondsLeft: number;
}

/** Who is told of a run while it goes on: the terminal, Prometheus. What is told is never waited for. */
export interface Announcer {
  /** The sensor of this cell is about to be loaded. */
  cellStarted(cell: Cell, progress: Progress): void;
  /** The next step of the cycle begins for it. */
  phase?(cell: Cell, phase: Phase): void;
  /** One sampling interval of it is over, whether it will be kept or not. */
  sample(cell: Cell, sample: Sample): void;
  /** It is stored, or undefined: it failed or was interrupted, and will be run again. */
  cellEnded(cell: Cell, result: CellResult | undefined, progress: Progress): void;
  /** The run is over or interrupted: let go of ports and lines. */
  close(): Promise<void>;
}
