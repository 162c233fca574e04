/** Figures as a person reads them, the same on the terminal and in the document. */
import type { Cell, Goal, MachineFacts, Table } from './bench.js';
import type { Measure } from './statistics.js';

/** Three digits that count: 1234567 as 1 230 000, 0.01234 as 0.0123. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const rounded = Number(value.toPrecision(3));
  const [whole = '', fraction] = rounded.toFixed(Math.min(digits, 9)).split('.');
  const grouped = whole.replace(/(?<=\d)(?=(\d{3})+$)/g, ' ');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** The median, and the least and the most where they differ from it. */
export function spread({ median, least, most }: Measure): string {
  const [middle, from, to] = [median, least, most].map(figure);
  return from === to ? middle! : `${middle} (${from} … ${to})`;
}

function cellText(cell: Cell): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return cell;
  return typeof cell === 'number' ? figure(cell) : spread(cell);
}

/** The rows of a table as text, its heads first. */
export const textRows = ({ columns, rows }: Table): string[][] => [
  ['', ...columns],
  ...rows.map(({ name, cells }) => [name, ...cells.map(cellText)]),
];

/** `a figure: 1.2 (1.1 … 1.3), at most 1.5: met`. */
export function goalText({ what, bound, limit, measured, unit, met, floor, before }: Goal): string {
  const last = before ? `, in the run before ${spread(before)}` : '';
  const verdict = met ? 'met' : 'not met';
  const reason = met || floor === undefined ? '' : `. ${floor}`;
  return `${what}: ${spread(measured)}${suffix(unit)}${last}, ${bound} ${figure(limit)}${suffix(unit)}: ${verdict}${reason}`;
}

const suffix = (unit: string): string => (unit === '' ? '' : ` ${unit}`);

const EMULATION: Readonly<Record<MachineFacts['emulated'], string>> = {
  no: '',
  time: ', emulated: every instruction is translated, and ratios include that',
  instructions: ', whose clock counts instructions',
};

/** One line that says what ran it. */
export const machineText = ({ kernel, cpu, cpus, emulated, date }: MachineFacts): string =>
  `Linux ${kernel}, ${cpus} × ${cpu}${EMULATION[emulated]}; ${date} UTC`;
