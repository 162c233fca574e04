import { expect, it } from 'vitest';
import type { Sink } from '../../exposition/metric.js';
import { CaptureCollector } from './collector.js';
import type { CaptureSocket } from './socket.js';
import type { Source } from './source.js';
import { Tally } from './tally.js';

const socket = (cookie: number, more: Partial<CaptureSocket>): CaptureSocket => ({
  ...{ cookie, process: 'ids', device: 'eth0', method: 'v3', ringBytes: 1000 },
  ...{ holder: { pid: 7, startTicks: 1 }, fanout: '7', folded: [0, 0, 0], current: [0, 0, 0] },
  ...more,
});

/** Every series of one look, in their order. */
function look(bySocket: boolean, open: CaptureSocket[], closed: CaptureSocket[] = []): string[] {
  const source: Pick<Source, 'open' | 'closed'> = { open: () => open, closed: () => closed };
  const collector = new CaptureCollector(source as Source, new Tally(60e9, () => 'c1'), () => [], bySocket);
  const series: string[] = [];
  const sample: Sink['sample'] = ({ name }, values, value) =>
    void series.push(`${name.replace(/^trapline_capture_/, '')} ${values.join(' ')} ${value}`);
  collector.collect({ sample, histogram: () => expect.unreachable() });
  return series;
}

const open = [socket(1, { folded: [10, 1, 0], current: [5, 2, 0] }), socket(2, { current: [7, 0, 0] })];
const closed = [socket(3, { current: [4, 3, 0], fanout: '' })];
const ofProcess = [
  ...['packets_total ids c1 eth0 v3 26', 'drops_total ids c1 eth0 v3 6'],
  ...['ring_frozen_total ids c1 eth0 v3 0', 'ring_bytes ids c1 eth0 v3 2000', 'sockets ids c1 eth0 v3 2'],
];

it('adds the sockets of a process up', () => {
  expect(look(false, open, closed)).toEqual(ofProcess);
});

it('tells each socket with its fanout group where that is asked for, after the sums', () => {
  expect(look(true, open, closed)).toEqual([
    ...ofProcess,
    ...['socket_packets_total ids c1 eth0 v3 7 1 15', 'socket_drops_total ids c1 eth0 v3 7 1 3'],
    ...['socket_packets_total ids c1 eth0 v3 7 2 7', 'socket_drops_total ids c1 eth0 v3 7 2 0'],
    ...['socket_packets_total ids c1 eth0 v3  3 4', 'socket_drops_total ids c1 eth0 v3  3 3'],
  ]);
});
