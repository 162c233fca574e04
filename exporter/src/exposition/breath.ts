import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

/** The longest stretch of work without a look at what else waits, in milliseconds. */
const LONGEST = 5;

/** Long work in short stretches: health checks and the live page are answered in between. */
export class Breath {
  #since = performance.now();

  /** Lets others work if this stretch was long enough. Returns the milliseconds they took. */
  async take(): Promise<number> {
    const now = performance.now();
    if (now - this.#since < LONGEST) return 0;
    await setImmediate();
    this.#since = performance.now();
    return this.#since - now;
  }
}
