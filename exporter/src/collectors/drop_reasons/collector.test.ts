import { afterEach, beforeEach, expect, it } from 'vitest';
import { Recorder } from '../../exposition/recorder.testing.js';
import { drop_reason_row, Table } from '../../kernel/index.js';
import { TableFiles } from '../../kernel/table_files.testing.js';
import { DropReasonsCollector } from './collector.js';

const CPUS = 3;
const layouts = { drop_reasons: { ...drop_reason_row, rows: drop_reason_row.rows * CPUS } };
const names = new Map([
  [3, 'SKB_DROP_REASON_NO_SOCKET'],
  [80, 'SKB_DROP_REASON_FULL_RING'],
]);

let files: TableFiles<typeof layouts>;
beforeEach(() => void (files = new TableFiles(layouts)));
afterEach(() => files.destroy());

it('adds what CPUs count and gives reasons the names of the kernel', () => {
  const count = (cpu: number, reason: number, packets: number): void =>
    files.set('drop_reasons', cpu * drop_reason_row.rows + reason, { packets });
  count(0, 3, 5);
  count(2, 3, 7);
  count(1, 80, 2 ** 40);
  count(2, 255, 1);
  count(0, 0, 9);
  const collector = new DropReasonsCollector(
    new Table(files.fd('drop_reasons'), layouts.drop_reasons),
    CPUS,
    names,
  );
  const recorder = new Recorder(collector.metrics);
  collector.collect(recorder);
  expect(recorder.said).toMatchObject([
    { labelValues: ['OTHER'], value: 9 },
    { labelValues: ['NO_SOCKET'], value: 12 },
    { labelValues: ['FULL_RING'], value: 2 ** 40 },
    { labelValues: ['255'], value: 1 },
  ]);
});
