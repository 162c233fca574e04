/** Numbers as a reader wants them: three digits that count, and a space between thousands. */

const NARROW_SPACE = '\u202f';
const UNKNOWN = '–';

/** Three significant digits, but whole numbers whole: 0.0123, 4.57, 66.2, 14 881. */
export function short(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return UNKNOWN;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e12) return value.toExponential(1);
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(size)));
  return spaced(value.toFixed(Math.min(decimals, 6)));
}

/** A mean and how far off it may be, to the same place. */
export function around(mean: number, reach: number | undefined): string {
  const text = short(mean);
  if (reach === undefined) return text;
  const decimals = text.split('.')[1]?.length ?? 0;
  return `${text} ± ${spaced(reach.toFixed(decimals))}`;
}

/** The same number without noughts that say nothing, as on an axis. */
export const bare = (text: string): string => text.replace(/(\.\d*?)0+(?!\d)/, '$1').replace(/\.(?!\d)/, '');

/** Every digit of a count. */
export const whole = (value: number): string => spaced(String(Math.round(value)));

function spaced(text: string): string {
  const [integer = '', fraction] = text.split('.');
  const grouped = integer.replaceAll(/\B(?=(\d{3})+$)/g, NARROW_SPACE);
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A share of one in percent. What is not quite nothing or all is not said to be. */
export function percent(share: number | undefined): string {
  if (share === undefined || !Number.isFinite(share)) return UNKNOWN;
  if (share > 0 && share < 0.001) return '< 0.1 %';
  if (share < 1 && share > 0.999) return '> 99.9 %';
  const text = (100 * share).toFixed(share < 0.0995 || share > 0.9905 ? 1 : 0);
  return `${text.replace(/\.0$/, '')} %`;
}

/** Packets per second, in thousands where there are. */
export function kpps(rate: number | undefined): string {
  if (rate === undefined) return UNKNOWN;
  return rate < 1e3 ? `${short(rate)} packets/s` : `${short(rate / 1e3)} kpps`;
}

/** A time in the unit that suits it. */
export function duration(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return UNKNOWN;
  const [unit, scale] = seconds < 1e-6 ? ['ns', 1e9] : seconds < 1e-3 ? ['µs', 1e6] : ['ms', 1e3];
  return seconds >= 1 ? `${short(seconds)} s` : `${short(seconds * Number(scale))} ${unit}`;
}

/** A probability; below a thousandth its size does not matter any more. */
export function probability(p: number | undefined): string {
  if (p === undefined) return UNKNOWN;
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** "a, b and c" */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A time of day in ISO 8601, for people. */
export const moment = (time: string): string => `${time.slice(0, 16).replace('T', ' ')} UTC`;
