import { afterEach, beforeEach, expect, it } from 'vitest';
import { Recorder } from '../../exposition/recorder.testing.js';
import { suppressed_kicks_row, Table } from '../../kernel/index.js';
import { TableFiles } from '../../kernel/table_files.testing.js';
import type { NetworkQueue } from '../../machine/index.js';
import { SuppressedKicksCollector } from './collector.js';

const layouts = { suppressed_kicks: suppressed_kicks_row };

let files: TableFiles<typeof layouts>;
beforeEach(() => void (files = new TableFiles(layouts)));
afterEach(() => files.destroy());

const of = (device: string, virtioIndex: number, queue: string, number: number): NetworkQueue => ({
  ...{ device, virtioIndex, queue, number },
});

function shown(queues: NetworkQueue[]) {
  const rows = new Table(files.fd('suppressed_kicks'), suppressed_kicks_row, 'write');
  for (const { number, virtioIndex } of queues)
    if (number < suppressed_kicks_row.rows && virtioIndex < 64)
      rows.setU64(number, 'of_device', BigInt(1000 * virtioIndex + number), virtioIndex);
  const collector = new SuppressedKicksCollector(rows, () => queues);
  const recorder = new Recorder(collector.metrics);
  collector.collect(recorder);
  return recorder.said;
}

it('tells the queues of devices apart, up to the last that has a place', () => {
  const queues = [
    of('eth0', 2, 'input.0', 0),
    of('eth0', 2, 'output.0', 1),
    of('eth1', 63, 'output.255', 511),
  ];
  expect(shown(queues)).toMatchObject([
    { labelValues: ['eth0', 'input.0'], value: 2000 },
    { labelValues: ['eth0', 'output.0'], value: 2001 },
    { labelValues: ['eth1', 'output.255'], value: 63_511 },
  ]);
});

it('shows no zero for what is not counted', () => {
  expect(shown([of('eth0', 64, 'input.0', 0), of('eth0', 2, 'input.256', 512)])).toEqual([]);
});
