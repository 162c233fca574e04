/** Where counters of the kernel wrap that have the type `unsigned int` or `u32`. */
export const U32 = 2 ** 32;

/** At a billion packets or interrupts in a minute, a counter is read again before it has gone further than this. */
const LONGEST_STEP = U32 / 16;

interface Reading {
  last: number;
  total: number;
}

/**
 * Totals of counters that wrap at their width, restart with their driver, or read 0 while their driver is busy. A total
 * never falls, so that Prometheus sees no restart where nothing was lost.
 */
export class Totals {
  readonly #readings = new Map<string | number, Reading>();

  /**
   * The total of a counter that reads `value` now; at the first reading it is `first`. A counter that wraps at `range`
   * and fell has wrapped if that takes a step of at most `longest`, else restarted. `value` may also be a sum of several
   * counters of this range.
   */
  next(
    counter: string | number,
    value: number,
    { range = Infinity, longest = Math.min(range, LONGEST_STEP), first = value } = {},
  ): number {
    const reading = this.#readings.get(counter);
    if (!reading) {
      this.#readings.set(counter, { last: value, total: first });
      return first;
    }
    const step = growth(reading.last, value, range, longest);
    if (value > 0 || step > 0) reading.last = value;
    reading.total += step;
    return reading.total;
  }

  /** Whether no counter was ever read. */
  get empty(): boolean {
    return this.#readings.size === 0;
  }

  /** The sum of all totals, also of counters that are there no more. */
  sum(): number {
    let sum = 0;
    for (const [, total] of this) sum += total;
    return sum;
  }

  /** Every counter that was ever read, with its total. */
  *[Symbol.iterator](): Generator<readonly [counter: string | number, total: number]> {
    for (const [counter, { total }] of this.#readings) yield [counter, total];
  }
}

/** By how much a counter grew that read `before` and reads `now`, with the arguments of `Totals.next`. */
export function growth(
  before: number,
  now: number,
  range = Infinity,
  longest = Math.min(range, LONGEST_STEP),
): number {
  const difference = now - before;
  if (difference >= 0) return difference;
  const wrapped = Number.isFinite(range) ? (difference % range) + range : Infinity;
  return wrapped <= longest ? wrapped : now;
}
