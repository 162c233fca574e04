/** What a run tells while it goes on: to the terminal, to Prometheus or Grafana. */
import type { Cell, CellResult, Sample } from '../results.js';
import type { Phase } from './phases.js';

/** How far a run is. */
export interface Progress {
  /** Cells of the plan that are measured. */
  done: number;
  /** Cells of the plan. */
  planned: number;
  /** Seconds until the last one is measured, as far as can be told. */
  secondsLeft: number;
}

export type RunEvent =
  | { event: 'run began'; progress: Progress }
  /** Its sensor is about to be loaded. */
  | { event: 'cell began'; cell: Cell; progress: Progress }
  | { event: 'phase began'; cell: Cell; phase: Phase }
  /** One sampling interval is over, whether it will be kept or not. */
  | { event: 'sample taken'; cell: Cell; sample: Sample }
  | { event: 'cell stored'; cell: Cell; result: CellResult; progress: Progress }
  /** It failed or was interrupted, is not stored, and will be measured by a run that is taken up again. */
  | { event: 'cell failed'; cell: Cell; reason: string; progress: Progress }
  | { event: 'run ended'; how: 'complete' | 'interrupted' | 'incomplete'; progress: Progress };

/** Hears of everything in order. */
export interface Observer {
  /** What is told is never waited for. */
  tell(event: RunEvent): void;
  /** The run is over: let go of ports and lines. */
  close(): Promise<void>;
}
