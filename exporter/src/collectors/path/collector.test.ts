import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Recorder } from '../../exposition/recorder.testing.js';
import { Devices, Inventory } from '../../machine/index.js';
import { Bridged } from './bridged.js';
import { PathCollector } from './collector.js';
import { Interfaces } from './interfaces.js';
import { Refused } from './refused.js';

let root: string;
let inventory: Inventory;
let collector: PathCollector;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Eight numbers a device: receive bytes, packets, drops; transmit bytes, packets, drops. */
function counters(rows: Record<string, readonly [number, number, number, number, number, number]>): void {
  const lines = Object.entries(rows).map(
    ([name, [rb, rp, rd, tb, tp, td]]) =>
      `${name}: ${rb} ${rp} 0 ${rd} 0 0 0 0 ${tb} ${tp} 0 ${td} 0 0 0 0\n`,
  );
  write('proc/net/dev', lines.join(''));
}

function series(): string[] {
  const recorder = new Recorder(collector.metrics);
  collector.collect(recorder);
  return recorder.said.map(
    ({ metric, labelValues, value }) => `${metric.name.slice(14, -6)} ${labelValues.join(' ')} ${value}`,
  );
}

function pathOf({ guest }: { guest: boolean }): PathCollector {
  const roots = { proc: join(root, 'proc'), sys: join(root, 'sys') };
  const interfaces = new Interfaces({ vmOf: (tap) => inventory.byTap(tap), guest });
  return new PathCollector(
    new Devices(roots),
    new Refused(() => 0, roots.sys),
    new Bridged(roots.sys),
    interfaces,
    [],
  );
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trapline-path-'));
  for (const [device, bus] of [
    ['eth0', 'pci'],
    ['ens3', 'virtio'],
  ] as const) {
    mkdirSync(join(root, 'bus', bus), { recursive: true });
    mkdirSync(join(root, 'sys/class/net', device, 'device'), { recursive: true });
    symlinkSync(join(root, 'bus', bus), join(root, 'sys/class/net', device, 'device/subsystem'));
  }
  write('sys/class/net/br0/bridge/bridge_id', '');
  write('sys/class/net/tap0/tun_flags', '0x1802\n');
  write('sys/class/net/tap1/tun_flags', '0x1802\n');
  write('sys/class/net/mvt/macvtap/tap7/dev', '');
  write('proc/70/stat', `70 (qemu) S ${'0 '.repeat(18)}55 0\n`);
  write('proc/70/cmdline', 'qemu-system-x86_64\0-name\0web\0');
  inventory = new Inventory(join(root, 'proc'));
  collector = pathOf({ guest: false });
});
afterEach(() => rmSync(root, { recursive: true }));

it('shows NICs, bridges and taps with their VM, and nothing else', () => {
  inventory.refresh([
    { pid: 70, kind: 'kvm-vm' },
    { pid: 70, kind: 'tap', device: 'tap0' },
  ]);
  counters({
    lo: [1, 1, 1, 1, 1, 1],
    eth0: [100, 10, 1, 200, 20, 2],
    ens3: [1, 2, 3, 4, 5, 6],
    br0: [0, 0, 9, 0, 0, 7],
    veth1: [9, 9, 9, 9, 9, 9],
    tap0: [300, 30, 3, 400, 40, 4],
    tap1: [0, 0, 0, 0, 7, 8],
  });
  expect(series()).toEqual([
    'packets nic_driver eth0  receive 10',
    'packets nic_driver eth0  transmit 20',
    'packets nic_driver ens3  receive 2',
    'packets nic_driver ens3  transmit 5',
    'packets bridge br0  receive 0',
    'packets bridge br0  transmit 0',
    'packets tap tap0 web receive 30',
    'packets tap tap0 web transmit 40',
    'packets tap tap1  receive 0',
    'packets tap tap1  transmit 7',
    'bytes nic_driver eth0  receive 100',
    'bytes nic_driver eth0  transmit 200',
    'bytes nic_driver ens3  receive 1',
    'bytes nic_driver ens3  transmit 4',
    'bytes bridge br0  receive 0',
    'bytes bridge br0  transmit 0',
    'bytes tap tap0 web receive 300',
    'bytes tap tap0 web transmit 400',
    'bytes tap tap1  receive 0',
    'bytes tap tap1  transmit 0',
    'drops nic_driver eth0  transmit 2',
    'drops nic_driver ens3  transmit 6',
    'drops bridge br0  transmit 7',
    'drops tap tap0 web transmit 4',
    'drops tap tap1  transmit 8',
    'rx_dropped nic_driver eth0  1',
    'rx_dropped nic_driver ens3  3',
    'rx_dropped bridge br0  9',
    'rx_dropped tap tap0 web 3',
    'rx_dropped tap tap1  0',
  ]);
});

it('leaves what the hardware missed to the hardware', () => {
  write('sys/class/net/eth0/statistics/rx_dropped', '40\n');
  counters({ eth0: [100, 10, 1040, 200, 20, 2] });
  expect(series().filter((line) => /drop/.test(line))).toEqual([
    'drops nic_driver eth0  transmit 2',
    'rx_dropped nic_driver eth0  40',
  ]);
});

it('names the virtio NIC of a guest as such, and no other', () => {
  collector = pathOf({ guest: true });
  counters({ eth0: [0, 1, 0, 0, 0, 0], ens3: [0, 2, 0, 0, 0, 0], br0: [0, 3, 0, 0, 0, 0] });
  expect(series().filter((line) => /^packets .* receive/.test(line))).toEqual([
    'packets nic_driver eth0  receive 1',
    'packets guest_nic ens3  receive 2',
    'packets bridge br0  receive 0',
  ]);
});

it('turns a macvtap so that transmit is towards the guest, and takes its full ring for loss', () => {
  counters({ mvt: [1, 2, 3, 4, 5, 6] });
  expect(series().filter((line) => line.endsWith('receive 5') || /drop/.test(line))).toEqual([
    'packets tap mvt  receive 5',
    'drops tap mvt  transmit 3',
    'drops tap mvt  receive 6',
  ]);
});

it('lets the series of a device go with it', () => {
  counters({ tap0: [0, 0, 0, 0, 0, 0], tap1: [0, 0, 0, 0, 0, 0] });
  expect(series()).toHaveLength(12);
  counters({ tap1: [0, 0, 0, 0, 0, 0] });
  expect(series().filter((line) => line.includes('tap0'))).toEqual([]);
});
