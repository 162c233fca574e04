import type { Cell, Table } from './table';

/**
 * A table as a file: RFC 4180, a header line, numbers in base units with a point. Names come from outside, so one that a
 * spreadsheet would take for a formula gets an apostrophe in front, which spreadsheets take for “this is text”.
 */
export function toCsv({ columns, count, row }: Table): string {
  const header = columns.map(({ title, unit }) => quoted(unit ? `${title} (${unit})` : title));
  const rows = Array.from({ length: count }, (_, i) => row(i).map(field));
  return [header, ...rows].map((fields) => `${fields.join(',')}\r\n`).join('');
}

function field({ value }: Cell): string {
  if (typeof value === 'string') {
    return quoted(value);
  }
  return value === null || !Number.isFinite(value) ? '' : String(value);
}

function quoted(text: string): string {
  const harmless = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) || /^\s|\s$/.test(harmless)
    ? `"${harmless.replaceAll('"', '""')}"`
    : harmless;
}
