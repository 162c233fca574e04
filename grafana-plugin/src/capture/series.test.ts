import { FieldType, toDataFrame } from '@grafana/data';
import { expect, test } from 'vitest';
import { readSeries } from './series';

test('takes a series from each number, with what its frame and labels say', () => {
  const frame = toDataFrame({
    refId: 'cost',
    fields: [
      { name: 'Time', type: FieldType.time, values: [2000, 1000] },
      {
        name: 'Value',
        type: FieldType.number,
        values: [0.2, null],
        labels: { __name__: 'vm_cost', vm: 'a' },
        config: { unit: 's' },
      },
    ],
  });
  expect(readSeries([frame])).toEqual([
    {
      name: '{__name__="vm_cost", vm="a"}',
      metric: 'vm_cost',
      query: 'cost',
      labels: { __name__: 'vm_cost', vm: 'a' },
      unit: 's',
      field: frame.fields[1],
      rows: [1, 0],
      times: [1000, 2000],
      values: [null, 0.2],
    },
  ]);
});

test('takes a table apart by its text columns', () => {
  const table = toDataFrame({
    fields: [
      { name: 'time', type: FieldType.time, values: [1000, 1000, 2000] },
      { name: 'vm', type: FieldType.string, values: ['a', 'b', 'a'] },
      { name: 'packets', type: FieldType.number, values: [1, 10, 2] },
    ],
  });
  const series = readSeries([table]);
  expect(series.map(({ labels, times, values, name }) => ({ labels, times, values, name }))).toEqual([
    { labels: { vm: 'a' }, times: [1000, 2000], values: [1, 2], name: 'packets a' },
    { labels: { vm: 'b' }, times: [1000], values: [10], name: 'packets b' },
  ]);
});

test('a frame without time or numbers has no series', () => {
  expect(readSeries([toDataFrame({ fields: [{ name: 'x', type: FieldType.number, values: [1] }] })])).toEqual(
    [],
  );
  expect(readSeries([toDataFrame({ fields: [{ name: 't', type: FieldType.time, values: [1] }] })])).toEqual(
    [],
  );
  expect(readSeries([])).toEqual([]);
});
