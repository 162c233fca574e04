import { FieldType, getFieldDisplayName, type DataFrame, type Field } from '@grafana/data';
import type { Sampled } from '../statistics/align';

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
}

/**
 * Takes frames apart into series: one per numeric field, and one per combination of text columns where a table holds
 * several series below each other (CSV, SQL).
 */
export function readSeries(frames: readonly DataFrame[]): Series[] {
  return frames.flatMap((frame) => {
    const time = frame.fields.find((field) => field.type === FieldType.time);
    if (!time) {
      return [];
    }
    const texts = frame.fields.filter((field) => field.type === FieldType.string);
    const groups = groupRows(texts, frame.length);
    return frame.fields
      .filter((field) => field.type === FieldType.number)
      .flatMap((field) => groups.map((group) => seriesOf(field, time, group, frame, frames)));
  });
}

/** Rows of a table that share their text columns. */
interface RowGroup {
  readonly labels: Readonly<Record<string, string>>;
  readonly rows: readonly number[];
}

function groupRows(texts: readonly Field[], length: number): RowGroup[] {
  const groups = new Map<string, { labels: Record<string, string>; rows: number[] }>();
  for (let row = 0; row < length; row++) {
    const cells = texts.map((field) => String(field.values[row] ?? ''));
    const key = JSON.stringify(cells);
    const group = groups.get(key) ?? {
      labels: Object.fromEntries(texts.map((field, i) => [field.name, cells[i]!])),
      rows: [],
    };
    group.rows.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function seriesOf(
  field: Field,
  time: Field,
  group: RowGroup,
  frame: DataFrame,
  frames: readonly DataFrame[],
): Series {
  const labels = { ...field.labels, ...group.labels };
  const suffix = Object.values(group.labels).join(' ');
  const rows = group.rows.filter((row) => typeof time.values[row] === 'number');
  rows.sort((a, b) => time.values[a] - time.values[b]);
  return {
    name: [getFieldDisplayName(field, frame, [...frames]), suffix].filter(Boolean).join(' '),
    metric: labels['__name__'] ?? field.name,
    query: frame.refId ?? '',
    labels,
    unit: field.config.unit ?? '',
    field,
    rows,
    longestStep: time.config.interval ?? undefined,
    times: rows.map((row) => time.values[row]),
    values: rows.map((row) => {
      const value: unknown = field.values[row];
      return typeof value === 'number' ? value : null;
    }),
  };
}
