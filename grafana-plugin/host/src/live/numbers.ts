import { percent, si } from '../../../src/parts/format';

/** A count or rate that may be far below one: 0.03, where an SI prefix would make a riddle of it. */
export function count(value: number | null, unit = ''): string {
  return value !== null && value > 0 && value < 0.9995 ? small(value, unit, 0.001) : si(value, unit);
}

/** A share as percent; what is hardly anything is not given digits that mean nothing. */
export function share(value: number | null): string {
  return value !== null && value > 0 && value < 0.0001 ? '< 0.01\u202f%' : percent(value);
}

function small(value: number, unit: string, least: number): string {
  const text = value < least ? `< ${least}` : String(Number(value.toPrecision(2)));
  return unit ? `${text}\u202f${unit}` : text;
}

/** A time span in the unit that fits it. */
export function duration(seconds: number): string {
  const [scale, unit] = seconds < 1e-3 ? [1e6, 'µs'] : seconds < 1 ? [1e3, 'ms'] : [1, 's'];
  return `${Number((seconds * scale).toPrecision(3))}\u202f${unit}`;
}
