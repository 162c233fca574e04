import { expect, it } from 'vitest';
import { deviceOf } from './device.testing.js';
import { withoutSums } from './devices.js';

it('takes no NIC for one that is the sum of its ports', () => {
  const devices = [
    deviceOf({ index: 1, name: 'lo' }),
    deviceOf({ index: 2, name: 'failover', kind: 'virtio' }),
    deviceOf({ index: 3, name: 'standby', kind: 'virtio', master: 2 }),
    deviceOf({ index: 4, name: 'primary', kind: 'nic', master: 2 }),
    deviceOf({ index: 5, name: 'hyperv', kind: 'nic' }),
    deviceOf({ index: 6, name: 'function', kind: 'nic', master: 5 }),
    deviceOf({ index: 7, name: 'bridged', kind: 'virtio', master: 8 }),
    deviceOf({ index: 8, name: 'bridge', kind: 'bridge' }),
  ];
  expect(withoutSums(devices).map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    'lo other',
    'failover other',
    'standby virtio',
    'primary nic',
    'hyperv nic',
    'function nic',
    'bridged virtio',
    'bridge bridge',
  ]);
});
