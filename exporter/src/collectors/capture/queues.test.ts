import { expect, it } from 'vitest';
import type { NfQueue } from '../../machine/index.js';
import { Queues } from './queues.js';
import { Tally } from './tally.js';

const queue = (more: Partial<NfQueue>): NfQueue => ({
  ...{ number: 0, socket: 11, process: 'Suricata-Main', holder: { pid: 400, startTicks: 4000 } },
  ...{ waiting: 0, full: 0, bufferFull: 0, queued: 0 },
  ...more,
});

function follow(): (...queues: readonly NfQueue[]) => unknown {
  const queues = new Queues();
  const tally = new Tally(60e9, ({ pid }) => `container of ${pid}`);
  return (...now) => {
    tally.open(queues.from(now));
    return {
      captures: [...tally.read()].map(({ process, container, device, method, delivered, drops, sockets }) =>
        [process, container, device, method, delivered, drops, sockets].join(' '),
      ),
      drops: [...queues.drops()].map(([number, { full, bufferFull }]) => [number, full, bufferFull]),
    };
  };
}

it('counts what a queue refused and what its socket refused, each once', () => {
  const look = follow();
  expect(look(queue({ queued: 100, full: 900, bufferFull: 30 }), queue({ number: 9, queued: 5 }))).toEqual({
    captures: [
      'Suricata-Main container of 400 queue 0 nfqueue 70 930 1',
      'Suricata-Main container of 400 queue 9 nfqueue 5 0 1',
    ],
    drops: [
      [0, 900, 30],
      [9, 0, 0],
    ],
  });
});

it.each([
  ['by another socket', queue({ socket: 12, queued: 500, full: 9, bufferFull: 1 })],
  ['by the same socket', queue({ queued: 500, full: 9, bufferFull: 1 })],
])('goes on where a queue is bound anew %s', (_, again) => {
  const look = follow();
  look(queue({ queued: 1000, full: 7, bufferFull: 10 }));
  expect(look(again)).toEqual({
    captures: ['Suricata-Main container of 400 queue 0 nfqueue 1489 27 1'],
    drops: [[0, 16, 11]],
  });
});

it('goes on where nobody has a queue for a while', () => {
  const look = follow();
  look(queue({ queued: 10, full: 7 }));
  expect(look()).toEqual({
    captures: ['Suricata-Main container of 400 queue 0 nfqueue 10 7 0'],
    drops: [[0, 7, 0]],
  });
  expect(look(queue({ queued: 20, full: 1 }))).toEqual({
    captures: ['Suricata-Main container of 400 queue 0 nfqueue 30 8 1'],
    drops: [[0, 8, 0]],
  });
});

it('goes on where 32 bits end', () => {
  const look = follow();
  look(queue({ queued: 2 ** 32 - 10, full: 2 ** 32 - 5, bufferFull: 100 }));
  expect(look(queue({ queued: 20, full: 0, bufferFull: 110 }))).toEqual({
    captures: [`Suricata-Main container of 400 queue 0 nfqueue ${2 ** 32 + 20 - 110} ${2 ** 32 + 110} 1`],
    drops: [[0, 2 ** 32, 110]],
  });
});
