import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deviceOf } from '../../machine/device.testing.js';
import type { DeviceKind } from '../../machine/index.js';
import { Refused } from './refused.js';

let root: string;
let backlogs: number;
let refused: Refused;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trapline-refused-'));
  backlogs = 0;
  refused = new Refused(() => backlogs, root);
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, 'class/net', path)), { recursive: true });
  writeFileSync(join(root, 'class/net', path), text);
}

/** Has packets of a NIC steered to the CPUs of this mask. */
const steer = (nic: string, mask: string): void => write(`${nic}/queues/rx-0/rps_cpus`, `${mask}\n`);

/** What each device is said to have refused, given what the kernel says it dropped. */
function from(...devices: readonly (readonly [name: string, kind: DeviceKind, drops: number])[]): number[] {
  const counted = devices.map(([name, kind, drops]) =>
    deviceOf({ name, kind, receive: { drops }, transmit: { drops: 99 } }),
  );
  const said = refused.from(counted);
  expect(said.map(({ name, transmit: { drops } }) => [name, drops])).toEqual(
    devices.map(([name]) => [name, 99]),
  );
  return said.map(({ receive }) => receive.drops);
}

describe('Refused', () => {
  it('leaves what the hardware missed to the hardware', () => {
    write('eth0/statistics/rx_dropped', '40\n');
    expect(from(['eth0', 'nic', 1040], ['tap0', 'tap', 7])).toEqual([40, 7]);
  });

  it('leaves what a backlog lost to the backlog', () => {
    steer('eth0', '00000000,00000001');
    backlogs = 30;
    expect(from(['eth0', 'virtio', 32])).toEqual([2]);
    backlogs = 35;
    expect(from(['eth0', 'virtio', 40])).toEqual([5]);
  });

  it('holds a NIC without packet steering to its own drops', () => {
    steer('eth0', '00000000,00000000');
    backlogs = 30;
    expect(from(['eth0', 'nic', 32], ['eth1', 'nic', 5], ['mvt', 'macvtap', 9])).toEqual([32, 5, 9]);
  });

  it('takes nothing away twice where a packet could be of several devices', () => {
    steer('eth0', '1');
    backlogs = 30;
    expect(from(['eth0', 'nic', 10], ['veth1', 'other', 15], ['tap0', 'tap', 20])).toEqual([10, 0, 5]);
  });

  it('finds at the next look what the kernel had not booked to the device yet', () => {
    backlogs = 30;
    expect(from(['tap0', 'tap', 28])).toEqual([0]);
    expect(from(['tap0', 'tap', 31])).toEqual([1]);
  });

  it('does not hold back for a device what the backlog lost of another namespace', () => {
    backlogs = 30;
    expect(from(['tap0', 'tap', 0])).toEqual([0]);
    backlogs = 31;
    expect(from(['tap0', 'tap', 1])).toEqual([0]);
    expect(from(['tap0', 'tap', 1])).toEqual([0]);
    expect(from(['tap0', 'tap', 11])).toEqual([10]);
  });

  it('does not hold back for a device what the backlog lost before the start', () => {
    backlogs = 30;
    refused = new Refused(() => backlogs, root);
    expect(from(['tap0', 'tap', 5])).toEqual([0]);
    expect(from(['tap0', 'tap', 15])).toEqual([10]);
  });

  it('starts anew with a device that took the name of another', () => {
    backlogs = 30;
    expect(from(['tap0', 'tap', 40])).toEqual([10]);
    expect(from(['tap0', 'tap', 3])).toEqual([3]);
    expect(from()).toEqual([]);
    expect(from(['tap0', 'tap', 50])).toEqual([50]);
  });
});
