import { dateTimeFormat } from '@grafana/data';
import type { CostKind } from '../capture/capture';
import type { Fit } from '../statistics/leastSquares';

const PREFIXES: ReadonlyArray<readonly [number, string]> = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'µ'],
  [1e-9, 'n'],
];

/** Narrow no-break space: between digits and before units. */
const THIN = '\u202f';

/** A number with three significant digits and an SI prefix: 14.9 M. */
export function si(value: number | null, unit = ''): string {
  if (value === null || !Number.isFinite(value)) {
    return '–';
  }
  const size = Math.abs(value);
  const [scale, prefix] =
    size === 0 ? [1, ''] : (PREFIXES.find(([least]) => size >= least * 0.9995) ?? [1e-9, 'n']);
  return [plain(value / scale), prefix, unit].filter(Boolean).join(THIN);
}

/** Three significant digits without an exponent and without trailing noughts; a real minus sign. */
function plain(value: number): string {
  return String(Number(value.toPrecision(3))).replace('-', '−');
}

/** Whole part in groups of three, three or four significant digits. */
function grouped(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  const [whole, fraction] = size.toFixed(digits).split('.') as [string, string?];
  const spaced = inThrees(whole);
  const sign = value < 0 && Number(size.toFixed(digits)) > 0 ? '−' : '';
  return `${sign}${spaced}${fraction ? `.${fraction}` : ''}`;
}

const inThrees = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, THIN);
const groupedWhole = (value: number): string => inThrees(value.toFixed(0));

export const packetRate = (value: number | null): string => si(value, 'packets/s');

/** Cost as a tick of an axis: seconds per second as a share of one core, or exits per second. */
export const costTick = (value: number | null, kind: CostKind): string =>
  kind === 'seconds' ? percent(value) : si(value);

/** Cost with its unit. */
export const costRate = (value: number | null, kind: CostKind): string =>
  kind === 'seconds' ? `${percent(value)} of a core` : si(value, 'exits/s');

/** Cost per packet: `slope` in seconds (shown as ns) or exits. */
export function perPacket(slope: number, kind: CostKind): string {
  return kind === 'seconds' ? `${grouped(slope * 1e9)}${THIN}ns` : `${plain(slope)}${THIN}exits`;
}

/** A share as percent: 0.0123 → 1.23 %. */
export function percent(share: number | null): string {
  return share === null || !Number.isFinite(share) ? '–' : `${plain(share * 100)}${THIN}%`;
}

/** A share of packets: one digit behind the point, two significant ones below one percent; a little is never none, nor nearly all all. */
export function portion(share: number | null): string {
  if (share === null || !Number.isFinite(share)) {
    return '–';
  }
  const size = share * 100;
  if (size > 0 && size < 0.001) {
    return `<${THIN}0.001${THIN}%`;
  }
  if (size >= 99.95 && size < 100) {
    return `>${THIN}99.9${THIN}%`;
  }
  const digits = size >= 0.995 ? 1 : 1 - Math.floor(Math.log10(Number(size.toPrecision(2))));
  return `${size === 0 || size === 100 ? size : size.toFixed(digits)}${THIN}%`;
}

/** A number of packets to the last one. */
export function packets(count: number | null): string {
  return count === null ? '–' : groupedWhole(count);
}

/** A time given in ns, with three or four significant digits; in ns up to what can be read at a glance. */
export function nanoseconds(ns: number): string {
  const [size, unit] = ns < 1e5 ? [ns, 'ns'] : ns < 1e8 ? [ns / 1e3, 'µs'] : [ns / 1e6, 'ms'];
  return `${grouped(size).replace(/\.0+$/, '')}${THIN}${unit}`;
}

/** CPUs that something needs: three or four significant digits. */
export const cpus = (count: number): string => (count < 0.01 ? `<${THIN}0.01` : grouped(count));

/** Pearson's r with two digits; three where two would round it to one. */
export function correlation(r: number | null): string {
  if (r === null) {
    return 'undefined';
  }
  const digits = Math.abs(r) > 0.995 ? 4 : 2;
  return r.toFixed(digits).replace('-', '−');
}

/** How probable something is by chance, as an equation. */
export function chance(p: number): string {
  return p < 0.0001 ? 'p < 0.0001' : `p = ${Number(p.toPrecision(2))}`;
}

const UNITS: ReadonlyArray<readonly [number, string]> = [
  [7_200_000, 'h'],
  [120_000, 'min'],
  [1000, 's'],
  [0, 'ms'],
];
const MILLISECONDS: Readonly<Record<string, number>> = { h: 3_600_000, min: 60_000, s: 1000, ms: 1 };

/** A length of time given in ms, in the largest unit of which it is at least two: 90 s, 2 min. */
export function duration(time: number): string {
  if (time === 0) {
    return '0';
  }
  const unit = UNITS.find(([least]) => Math.abs(time) >= least)![1];
  return `${plain(time / MILLISECONDS[unit]!)}${THIN}${unit}`;
}

export const clock = (time: number, timeZone: string): string =>
  dateTimeFormat(time, { timeZone, format: 'HH:mm:ss' });

/** The ends of a time range: with their dates only where these differ. */
export function ends(from: number, to: number, timeZone: string): [string, string] {
  const [a, b] = [dateAndClock(from, timeZone), dateAndClock(to, timeZone)];
  return a.slice(0, 10) === b.slice(0, 10) ? [clock(from, timeZone), clock(to, timeZone)] : [a, b];
}

export const dateAndClock = (time: number, timeZone: string): string =>
  dateTimeFormat(time, { timeZone, format: 'YYYY-MM-DD HH:mm:ss' });

/** A fit as the sentence above the picture. The first part is the number that matters, the rest how far to trust it. */
export function describeFit(fit: Fit, kind: CostKind): { readonly result: string; readonly trust: string } {
  if (fit.kind === 'none') {
    return fit.reason === 'too few points'
      ? { result: 'Not enough points for a line', trust: `${fit.n} of at least 3 intervals` }
      : {
          result: 'No line',
          trust: `throughput did not change in ${fit.n} intervals, so its effect cannot be seen`,
        };
  }
  const n = `n = ${fit.n}`;
  if (fit.r === null) {
    return {
      result: `0${THIN}${kind === 'seconds' ? 'ns' : 'exits'} per packet`,
      trust: `cost did not change, r is undefined, ${n}`,
    };
  }
  return {
    result: `${perPacket(fit.slope, kind)} per packet`,
    trust: `by the slope of the line: r = ${correlation(fit.r)}, ${n}; throughput explains ${percent(fit.r ** 2)} of the change in cost`,
  };
}
