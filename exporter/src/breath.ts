import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

/** The longest stretch of work without a look at what else waits, in milliseconds. */
const LONGEST = 5;

/** Work that may yield now and then, so that others can work. */
export type Work<T = unknown> = Generator<void, T> | void;

/** Long work in short stretches: health checks and the live page are answered in between. */
export class Breath {
  readonly #start = performance.now();
  #since = this.#start;
  #others = 0;

  /** Does the work to its end and returns what it returns. Throws what it throws. */
  async through<T>(work: Generator<void, T>): Promise<T>;
  async through(work: Work): Promise<unknown>;
  async through(work: Work): Promise<unknown> {
    if (!work) return undefined;
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
      if (performance.now() - this.#since >= LONGEST) await this.#take();
    }
  }

  /** Milliseconds since the start, without what others took meanwhile. */
  get worked(): number {
    return performance.now() - this.#start - this.#others;
  }

  async #take(): Promise<void> {
    const before = performance.now();
    await setImmediate();
    this.#since = performance.now();
    this.#others += this.#since - before;
  }
}

/** Does the work without a pause, for who cannot wait, and returns what it returns. */
export function atOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
