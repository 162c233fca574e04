import { chance, correlation as formatR, duration } from '../parts/format';
import type { LagScan } from '../statistics/lags';
import { lagText } from './correlationFindings';

/** The lag at which both go together most closely, as a sentence. */
export function describeLags(scan: LagScan | null): { result: string; trust: string; note: string } {
  const tried = scan?.points.filter(({ r }) => r !== null).length ?? 0;
  if (!scan?.effect) {
    return {
      result: 'No lag stands out',
      trust:
        'at which cost rises with an earlier throughput more than by chance, within half a period of the load',
      note: '',
    };
  }
  const { lag, r, n, p } = scan.effect;
  const moved =
    scan.moved === 0
      ? ''
      : `${scan.moved} intervals lay off the even grid of ${duration(scan.step)} and count at its nearest time.`;
  return {
    result: lag === 0 ? 'Cost follows at once' : `Cost comes ${lagText(lag)}`,
    trust: `most closely at this lag: r = ${formatR(r)}, n = ${n}, ${chance(p)} as the best of ${tried} lags`,
    note: moved,
  };
}

/** The correlations that n pairs without any relation stay within in 95 of 100 cases. */
export function chanceBand(n: number): number {
  return Math.min(1, 1.96 / Math.sqrt(n));
}
