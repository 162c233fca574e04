import { expect, it } from 'vitest';
import { deviceOf } from '../machine/device.testing.js';
import type { DeviceKind, DriverCounters } from '../machine/index.js';
import { VirtqueueCollector } from './virtqueue.js';

const device = (name: string, kind: DeviceKind) => deviceOf({ name, kind });

it('shows kicks in both of the names that drivers gave them, without their sums', () => {
  const said: Record<string, DriverCounters> = {
    eth0: {
      driver: 'virtio_net',
      names: ['rx_kicks', 'rx0_kicks', 'tx0_kicks', 'tx11_kicks', 'rx0_drops'],
      values: [5, 5, 6, 7, 8],
    },
    eth1: { driver: 'virtio_net', names: ['rx_queue_0_kicks', 'tx_queue_0_kicks'], values: [9, 10] },
    eth2: { driver: 'other', names: ['rx0_kicks'], values: [1] },
  };
  const samples: unknown[] = [];
  const collector = new VirtqueueCollector(
    { read: () => [device('eth0', 'virtio'), device('eth1', 'virtio'), device('eth2', 'nic')] },
    { read: (name) => said[name], keep: () => {} },
    {
      read: () => [
        { device: 'virtio2', queue: 'input.0', interrupts: 11 },
        { device: 'virtio1', queue: 'req.0', interrupts: 12 },
      ],
    },
    (name) => (name === 'virtio2' ? 'eth0' : undefined),
  );
  collector.collect({
    sample: ({ name }, labels, value) =>
      samples.push([name.slice('trapline_virtqueue_'.length), ...labels, value]),
    histogram: () => {},
  });
  expect(samples).toEqual([
    ['kicks_total', 'eth0', 'input.0', 5],
    ['kicks_total', 'eth0', 'output.0', 6],
    ['kicks_total', 'eth0', 'output.11', 7],
    ['kicks_total', 'eth1', 'input.0', 9],
    ['kicks_total', 'eth1', 'output.0', 10],
    ['interrupts_total', 'eth0', 'input.0', 11],
    ['interrupts_total', 'virtio1', 'req.0', 12],
  ]);
});
