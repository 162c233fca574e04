import { addTo, sameShape } from './counters';
import type { Growth } from './history';

/** What something did in some seconds, by counters. */
export interface Sum<T> {
  readonly seconds: number;
  readonly of: T;
}

const LAST_MS = 60_000;

/**
 * The last minute of something, or as much of it as is known. Only intervals in which the same things are known as in the
 * newest one are in it, so that ratios of its numbers are sound.
 */
export function lastMinute<T extends object>(
  growths: readonly Growth[],
  pick: (growth: Growth) => T | null | undefined | false,
): Sum<T> | null {
  const last = growths.at(-1)?.t ?? 0;
  let seconds = 0;
  let newest: T | undefined;
  let of: T | undefined;
  for (let i = growths.length - 1; i >= 0 && growths[i]!.t > last - LAST_MS; i--) {
    const entry = pick(growths[i]!);
    if (!entry || (newest && !sameShape(newest, entry))) {
      continue;
    }
    newest ??= entry;
    seconds += growths[i]!.seconds;
    if (of) {
      addTo(of, entry);
    } else {
      of = structuredClone(entry);
    }
  }
  return of ? { seconds, of } : null;
}

/** The least upper bound in seconds of a share of the runs by their waits: see LiveSoftirq; null where there was none. */
export function waitedAtMost(waits: readonly number[], share: number): number | null {
  const all = waits.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [bucket, count] of waits.entries()) {
    seen += count;
    if (all > 0 && seen >= share * all) {
      return bucket === waits.length - 1 ? Infinity : 2 ** (bucket - 21);
    }
  }
  return null;
}

/** The share of the packets offered that was lost; null where none was offered. */
export function lossOf(packets: number, drops: number): number | null {
  return packets + drops > 0 ? drops / (packets + drops) : null;
}
