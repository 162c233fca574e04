/** What is to change after a window. */
export interface Decision {
  /** Signals to switch off, the dearest first. */
  suspend: string[];
  /** Signals to try again. */
  resume: string[];
}

/** Seconds until a signal that was switched off is first tried again; doubled each time it fails, up to the longest. */
const FIRST_PAUSE = 60;
const LONGEST_PAUSE = 3600;
/** A signal that has kept within the budget for so many seconds has been forgiven. */
const PROBATION = 600;

interface Suspended {
  /** What it took when it was switched off. */
  share: number;
  retryAt: number;
}

/**
 * Keeps what the programs cost under a limit: switches off the dearest signals first until the rest is within it, and tries
 * them again, one at a time and the cheapest first, after a pause that grows with each failure.
 */
export class CostBudget {
  readonly #suspended = new Map<string, Suspended>();
  /** The last pause of each signal, and when it was resumed. */
  readonly #history = new Map<string, { pause: number; resumedAt: number }>();

  /** `limit` is a share of all CPUs; only signals that are dispensable are switched off. */
  constructor(
    private readonly limit: number,
    private readonly dispensable: ReadonlySet<string>,
  ) {}

  /** `shares` of all CPUs by signal; `now` in seconds of a clock that only goes forward. */
  judge(shares: ReadonlyMap<string, number>, now: number): Decision {
    const suspend = this.#tooDear(shares, now);
    return { suspend, resume: suspend.length > 0 ? [] : this.#due(now) };
  }

  #tooDear(shares: ReadonlyMap<string, number>, now: number): string[] {
    let total = [...shares.values()].reduce((sum, share) => sum + share, 0);
    const suspend: string[] = [];
    for (const [signal, share] of [...shares].sort(([, one], [, other]) => other - one)) {
      if (total <= this.limit) break;
      if (!this.dispensable.has(signal)) continue;
      total -= share;
      suspend.push(signal);
      this.#suspended.set(signal, { share, retryAt: now + this.#nextPause(signal, now) });
    }
    return suspend;
  }

  #nextPause(signal: string, now: number): number {
    const before = this.#history.get(signal);
    const pause =
      before && now - before.resumedAt < PROBATION ? Math.min(before.pause * 2, LONGEST_PAUSE) : FIRST_PAUSE;
    this.#history.set(signal, { pause, resumedAt: now });
    return pause;
  }

  #due(now: number): string[] {
    const due = [...this.#suspended].filter(([, { retryAt }]) => now >= retryAt);
    const cheapest = due.sort(([, one], [, other]) => one.share - other.share)[0];
    if (!cheapest) return [];
    const [signal] = cheapest;
    this.#suspended.delete(signal);
    this.#history.get(signal)!.resumedAt = now;
    return [signal];
  }
}
