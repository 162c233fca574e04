import { FieldType } from '@grafana/data';
import type { Series } from './series';

/** A series of a query as it would be read from a frame, for tests. */
export const seriesOf = (
  query: string,
  times: readonly number[],
  values: ReadonlyArray<number | null>,
  labels: Readonly<Record<string, string>> = {},
): Series => ({
  name: query,
  metric: 'Value',
  query,
  labels,
  unit: '',
  field: { name: 'Value', type: FieldType.number, config: {}, values: [] },
  rows: values.map((_, i) => i),
  times,
  values,
});
