/** What Trapline on host and guest says about a cell. */
import type { CellCost, Stage } from '../results.js';

/** Everything read at one moment; all counts are of counters that only rise, from wherever they stood. */
export interface Counts {
  /** `performance.now() / 1000` of this process when they were asked for. */
  at: number;
  /** Frames that came to the cell's sensor. */
  delivered: number;
  /** Frames lost on the cell's way, by stage. A stage that cannot lose any there, or whose loss is not known, is missing. */
  lost: Partial<Record<Stage, number>>;
  /** As `CellCost`, but from wherever the counters stood. */
  cost: Omit<CellCost, 'seconds'>;
}

/** Reads the counts of one cell. Opened after its sensor has started, before its load. */
export interface Counter {
  /** Throws where Trapline does not answer. */
  read(): Promise<Counts>;
}
