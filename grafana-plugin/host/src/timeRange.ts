import { dateTime, type TimeRange } from '@grafana/data';

/** The times between two moments, in Unix milliseconds. */
export function spanOf(begin: number, end: number): TimeRange {
  const [from, to] = [dateTime(begin), dateTime(end)];
  return { from, to, raw: { from, to } };
}
