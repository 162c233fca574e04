import { setTimeout as sleep } from 'node:timers/promises';
import type { ProgramRunStats } from '../kernel/index.js';

/** What one program cost since it was first measured: an estimate from the windows in which it was. */
export interface ProgramCost {
  signal: string;
  program: string;
  /** Seconds on all CPUs. */
  seconds: number;
  runs: number;
}

/** The outcome of one window. */
export interface Measured {
  /** Running sums of every program that was ever measured. */
  programs: ProgramCost[];
  /** Seconds per second by signal in this window. */
  load: Map<string, number>;
}

/** How the meter reaches the kernel and the time. */
export interface Kernel {
  /** Has the kernel measure until the returned function is called. */
  start(): () => void;
  read(): ProgramRunStats[];
  /** Seconds of any clock that only goes forward. */
  now(): number;
}

/**
 * Measures programs now and then: the kernel's statistics read the clock twice at every run, so that measuring all the time
 * would cost as much as some programs do. What a window shows stands for the time since the one before.
 */
export class CostMeter {
  readonly #costs = new Map<string, ProgramCost>();
  #measuredAt: number;

  constructor(
    private readonly kernel: Kernel,
    private readonly window = 1,
    private readonly wait: (seconds: number) => Promise<unknown> = (seconds) =>
      sleep(seconds * 1000, undefined, { ref: false }),
  ) {
    this.#measuredAt = kernel.now();
  }

  /** Takes one window. Throws what the kernel's side throws. */
  async measure(): Promise<Measured> {
    const stop = this.kernel.start();
    try {
      const from = this.kernel.now();
      const before = new Map(this.kernel.read().map((stats) => [keyOf(stats), stats]));
      await this.wait(this.window);
      const after = this.kernel.read();
      return this.#account(before, after, this.kernel.now() - from);
    } finally {
      stop();
    }
  }

  /** A program that was taken off or loaded anew meanwhile has no window. */
  #account(
    before: ReadonlyMap<string, ProgramRunStats>,
    after: readonly ProgramRunStats[],
    window: number,
  ): Measured {
    const now = this.kernel.now();
    const stretch = (now - this.#measuredAt) / window;
    this.#measuredAt = now;
    const load = new Map<string, number>();
    for (const stats of after) {
      const key = keyOf(stats);
      const { signal, program } = stats;
      const start = before.get(key);
      if (!start || stats.runs < start.runs) continue;
      const seconds = (stats.ns - start.ns) / 1e9;
      const cost = this.#costs.get(key) ?? { signal, program, seconds: 0, runs: 0 };
      cost.seconds += seconds * stretch;
      cost.runs += Math.round((stats.runs - start.runs) * stretch);
      this.#costs.set(key, cost);
      load.set(signal, (load.get(signal) ?? 0) + seconds / window);
    }
    return { programs: [...this.#costs.values()], load };
  }
}

const keyOf = ({ signal, program }: ProgramRunStats): string => `${signal}/${program}`;
