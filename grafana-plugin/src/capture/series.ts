import { DataTopic, FieldType, getFieldDisplayName, type DataFrame, type Field } from '@grafana/data';
import type { Sampled } from '../statistics/align';
import { groupBy } from './groupBy';

/** A numeric field of a query's answer with everything that may tell what it measures. */
export interface Series extends Sampled {
  /** As Grafana shows it: display name, legend or name with labels. */
  readonly name: string;
  /** The metric's or column's own name, without labels. */
  readonly metric: string;
  /** The name of the query it answers (refId); empty where there is none. */
  readonly query: string;
  /** Labels of a time series, and the text columns of a table. */
  readonly labels: Readonly<Record<string, string>>;
  /** Grafana's unit id, such as `pps`; empty where none is set. */
  readonly unit: string;
  /** The field itself, for its display, thresholds and links. */
  readonly field: Field;
  /** The row of the field's frame that each value stands in. */
  readonly rows: readonly number[];
  /** Why the series is none of this panel's measures, whatever its name says; completes “not used: …”. */
  readonly unfit?: string;
  /** Samples that shared their time with an earlier one and were averaged with it. */
  readonly doubled?: number;
}

/**
 * Takes frames apart into series: one per numeric field, and one per combination of text columns where a table holds
 * several series below each other (CSV, SQL). A table whose only numbers are written as text is read as numbers.
 */
export function readSeries(frames: readonly DataFrame[]): Series[] {
  return frames.flatMap((frame) => {
    const time = frame.fields.find((field) => field.type === FieldType.time);
    if (!time) {
      return [];
    }
    const texts = frame.fields.filter((field) => field.type === FieldType.string);
    const typed = frame.fields.filter((field) => field.type === FieldType.number);
    const written = typed.length > 0 ? [] : texts.filter(holdsNumbers);
    const groups = groupRows(
      texts.filter((field) => !written.includes(field)),
      frame.length,
    );
    const numbers = [...typed, ...written];
    return numbers.flatMap((field, i) => {
      const query = queriesOf(frame, numbers.length)[i]!;
      return groups.map((group) => seriesOf(field, query, time, group, frame, frames));
    });
  });
}

/**
 * The query that each numeric field of a frame answers. “Join by field” makes one frame of many and names it after all of
 * their queries, in the order of their fields; Grafana's comparison has a name with a hyphen of its own.
 */
function queriesOf({ refId = '' }: DataFrame, fields: number): string[] {
  const joined = /^joinByField-(.+)$/.exec(refId)?.[1]?.split(/-(?!compare(?:-|$))/);
  return joined?.length === fields ? joined : Array<string>(fields).fill(refId);
}

const holdsNumbers = ({ values }: Field): boolean =>
  values.some(isText) && values.every((value) => !isText(value) || Number.isFinite(Number(value)));

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

/** Rows of a table that share their text columns. */
interface RowGroup {
  readonly labels: Readonly<Record<string, string>>;
  readonly rows: readonly number[];
}

function groupRows(texts: readonly Field[], length: number): RowGroup[] {
  const rows = Array.from({ length }, (_, row) => row);
  const cells = (row: number) => texts.map((field) => String(field.values[row] ?? ''));
  return [...groupBy(rows, (row) => JSON.stringify(cells(row))).values()].map((members) => ({
    labels: Object.fromEntries(texts.map((field, i) => [field.name, cells(members[0]!)[i]!])),
    rows: members,
  }));
}

function seriesOf(
  field: Field,
  query: string,
  time: Field,
  group: RowGroup,
  frame: DataFrame,
  frames: readonly DataFrame[],
): Series {
  const labels = { ...field.labels, ...group.labels };
  const suffix = Object.values(group.labels).join(' ');
  const rows = group.rows.filter((row) => Number.isFinite(time.values[row]));
  rows.sort((a, b) => time.values[a] - time.values[b]);
  const moments = [...groupBy(rows, (row) => String(time.values[row])).values()];
  const doubled = rows.length - moments.length;
  const unfit = unfitness(query, frame, field);
  return {
    name: [getFieldDisplayName(field, frame, [...frames]), suffix].filter(Boolean).join(' '),
    metric: labels['__name__'] ?? field.name,
    query,
    labels,
    unit: field.config.unit ?? '',
    field,
    rows: moments.map((own) => own[0]!),
    longestStep: time.config.interval ?? undefined,
    times: moments.map((own) => time.values[own[0]!]),
    values: moments.map((own) => meanOf(own.map((row) => numberIn(field.values[row])))),
    ...(unfit ? { unfit } : {}),
    ...(doubled > 0 ? { doubled } : {}),
  };
}

/** Grafana's time comparison adds every query once more at an earlier time; Prometheus adds its exemplars. */
function unfitness(query: string, { name, meta }: DataFrame, { config }: Field): string | undefined {
  const custom = config.custom as { readonly timeCompare?: unknown } | null | undefined;
  if (meta?.timeCompare?.isTimeShiftQuery || custom?.timeCompare || query.endsWith('-compare')) {
    return 'it belongs to the earlier time range that Grafana compares with';
  }
  return name === 'exemplar' || meta?.dataTopic === DataTopic.Annotations
    ? 'it holds exemplars, single events and no rates'
    : undefined;
}

/**
 * Sizes beyond these are no rates, and their squares and products would leave the range of a double: what is smaller is
 * zero, what is larger is not a number.
 */
const SMALLEST = 1e-60;
const LARGEST = 1e60;

function numberIn(value: unknown): number | null {
  const number = isText(value) ? Number(value) : value;
  if (typeof number !== 'number') {
    return null;
  }
  const size = Math.abs(number);
  return size < SMALLEST ? 0 : size > LARGEST ? NaN : number;
}

/** The mean of the numbers that were sampled at one time; what is there alone stays as it is. */
function meanOf(values: ReadonlyArray<number | null>): number | null {
  const numbers = values.filter((value) => value !== null && Number.isFinite(value));
  return numbers.length === 0
    ? values[0]!
    : numbers.reduce<number>((sum, value) => sum + value!, 0) / numbers.length;
}
