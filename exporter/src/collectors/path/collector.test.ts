import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Recorder } from '../../exposition/recorder.testing.js';
import { deviceOf } from '../../machine/device.testing.js';
import type { Device, DeviceKind, HeldTap, Traffic, Vm } from '../../machine/index.js';
import type { VmTap } from '../../watch.js';
import { Bridged } from './bridged.js';
import { PathCollector } from './collector.js';
import { Interfaces } from './interfaces.js';
import { Refused } from './refused.js';

let root: string;
let devices: readonly Device[];
let collector: PathCollector;
let held: VmTap[];

/** The network namespace of this process, and others. */
const HERE = 4;

const vmOf = (name: string): Vm => ({
  ...{ key: '70:1', pid: 70, startTicks: 1, uuid: '', vmm: 'qemu', vhostUser: [] },
  name,
});
const tap = (device: string, netns: number, counters?: HeldTap['counters']): HeldTap => ({
  ...{ netns, ifindex: 2, kind: 'tap', device, holders: [] },
  ...(counters && { counters }),
});
const flow = (packets: number): Traffic => ({ packets, bytes: 0, errors: 0, drops: 0 });

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const kinds: Readonly<Record<string, DeviceKind>> = {
  ...{ eth0: 'nic', ens3: 'virtio', br0: 'bridge', tap0: 'tap', tap1: 'tap', mvt: 'macvtap' },
};

/** Of the taps. */
const indexes: Readonly<Record<string, number>> = { tap0: 2, tap1: 3, mvt: 4 };

/** Six numbers a device: receive bytes, packets, drops; transmit bytes, packets, drops. */
function counters(rows: Record<string, readonly [number, number, number, number, number, number]>): void {
  devices = Object.entries(rows).map(([name, [rb, rp, rd, tb, tp, td]]) =>
    deviceOf({
      index: indexes[name] ?? 1,
      name,
      kind: kinds[name] ?? 'other',
      receive: { bytes: rb, packets: rp, drops: rd },
      transmit: { bytes: tb, packets: tp, drops: td },
    }),
  );
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
  const interfaces = new Interfaces({ guest, namespace: HERE });
  return new PathCollector(
    { read: () => [...devices] },
    new Refused(() => 0, roots.sys),
    new Bridged(roots.sys),
    () => held,
    [interfaces],
  );
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trapline-path-'));
  held = [];
  collector = pathOf({ guest: false });
});
afterEach(() => rmSync(root, { recursive: true }));

it('shows NICs, bridges and taps with their VM, and nothing else', () => {
  held = [{ vm: vmOf('web'), tap: tap('tap0', HERE) }];
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

it('shows the taps of VMs in all namespaces with the counters of their own device', () => {
  const counted = (device: string, netns: number, count: number) =>
    tap(device, netns, { receive: flow(count), transmit: flow(count + 1) });
  held = [
    { vm: vmOf('web'), tap: counted('tap0', HERE, 10) },
    { vm: vmOf('pod'), tap: counted('tap0', 5, 20) },
    { vm: vmOf('pod'), tap: counted('tap0', 6, 30) },
    { vm: vmOf('pod'), tap: tap('tap1', 6) },
  ];
  counters({ tap0: [0, 7, 7, 0, 7, 7], tap1: [0, 8, 8, 0, 8, 8] });
  expect(series().filter((line) => /^packets .* transmit/.test(line))).toEqual([
    'packets tap tap1  transmit 8',
    'packets tap tap0 web transmit 11',
    'packets tap tap0 pod transmit 21',
    'packets tap tap0@6 pod transmit 31',
  ]);
});

it('knows the tap of a VM that was renamed between two looks, or whose name another has now', () => {
  const flows = { receive: flow(1), transmit: flow(2) };
  held = [{ vm: vmOf('web'), tap: { ...tap('tap0', HERE, flows), device: 'tap1' } }];
  counters({ tap0: [0, 1, 7, 0, 2, 0], tap1: [0, 0, 0, 0, 8, 0] });
  expect(series().filter((line) => /^(packets .* transmit|rx_dropped)/.test(line))).toEqual([
    'packets tap tap1  transmit 8',
    'packets tap tap1 web transmit 2',
    'rx_dropped tap tap0 web 7',
    'rx_dropped tap tap1  0',
  ]);
});

it('shows how full the queues of taps are', () => {
  held = [{ vm: vmOf('web'), tap: { ...tap('tap0', 5), queue: { waiting: 7, room: 1000 } } }];
  counters({});
  const recorder = new Recorder(collector.metrics);
  collector.collect(recorder);
  expect(recorder.said.map(({ metric, labelValues, value }) => [metric.name, ...labelValues, value])).toEqual(
    [
      ['trapline_tap_queue_packets', 'tap0', 'web', 7],
      ['trapline_tap_queue_limit_packets', 'tap0', 'web', 1000],
    ],
  );
});

describe('a macvtap', () => {
  const macvtap = (receive: Traffic, transmit = flow(0)): HeldTap => ({
    ...tap('mvt', 5, { receive, transmit }),
    kind: 'macvtap',
  });
  const towardsGuest = (receive: Traffic): string[] => {
    held = [{ vm: vmOf('web'), tap: macvtap(receive) }];
    return series().filter((line) => /^(packets|drops) .* transmit/.test(line));
  };
  beforeEach(() => counters({}));

  it('is turned so that transmit is towards the guest', () => {
    held = [
      {
        vm: vmOf('web'),
        tap: macvtap(
          { packets: 9, bytes: 2, errors: 3, drops: 4 },
          { packets: 5, bytes: 6, errors: 7, drops: 8 },
        ),
      },
    ];
    expect(series()).toEqual([
      'packets tap mvt web receive 5',
      'packets tap mvt web transmit 6',
      'bytes tap mvt web receive 6',
      'bytes tap mvt web transmit 2',
      'drops tap mvt web transmit 3',
      'drops tap mvt web receive 8',
    ]);
  });

  it('carries what its queue took, not what its host dropped while nobody held it', () => {
    const counts = { packets: 3000, bytes: 0, errors: 2500, drops: 2600 };
    expect(towardsGuest(counts)).toEqual([
      'packets tap mvt web transmit 500',
      'drops tap mvt web transmit 2500',
    ]);
  });

  it('goes on where 32 bits end, and never falls', () => {
    const at = (packets: number, errors: number): string[] =>
      towardsGuest({ packets, bytes: 0, errors, drops: errors });
    const said = (carried: number, lost: number): string[] => [
      `packets tap mvt web transmit ${carried}`,
      `drops tap mvt web transmit ${lost}`,
    ];
    expect(at(2 ** 33, 2 ** 32 - 1)).toEqual(said(2 ** 32 + 1, 2 ** 32 - 1));
    expect(at(2 ** 33 + 5, 4)).toEqual(said(2 ** 32 + 1, 2 ** 32 + 4));
    expect(at(2 ** 33 + 5, 6)).toEqual(said(2 ** 32 + 1, 2 ** 32 + 6));
    expect(at(7, 3)).toEqual(said(4, 3));
  });
});

it('reads the errors of a macvtap that no VM holds', () => {
  devices = [
    deviceOf({
      name: 'mvt',
      kind: 'macvtap',
      receive: { bytes: 1, packets: 2, errors: 1, drops: 1 },
      transmit: { bytes: 4, packets: 5, errors: 6, drops: 6 },
    }),
  ];
  expect(series().filter((line) => line.startsWith('packets') || line.startsWith('drops'))).toEqual([
    'packets tap mvt  receive 5',
    'packets tap mvt  transmit 1',
    'drops tap mvt  transmit 1',
    'drops tap mvt  receive 6',
  ]);
});

it('lets the series of a device go with it', () => {
  counters({ tap0: [0, 0, 0, 0, 0, 0], tap1: [0, 0, 0, 0, 0, 0] });
  expect(series()).toHaveLength(12);
  counters({ tap1: [0, 0, 0, 0, 0, 0] });
  expect(series().filter((line) => line.includes('tap0'))).toEqual([]);
});

it('counts once what a virtual function carries for the NIC of Hyper-V, and what each of them drops', () => {
  const [carried, dropped] = [{ packets: 1000, bytes: 60_000 }, { drops: 7 }];
  devices = [
    deviceOf({ index: 2, name: 'eth0', kind: 'nic', bus: 'vmbus', receive: carried, transmit: { drops: 3 } }),
    deviceOf({
      index: 3,
      name: 'enP1s1',
      kind: 'nic',
      bus: 'pci',
      master: 2,
      receive: carried,
      transmit: dropped,
    }),
  ];
  expect(series().filter((line) => /receive 1000|drops/.test(line) && !line.includes('rx_'))).toEqual([
    'packets nic_driver eth0  receive 1000',
    'drops nic_driver eth0  transmit 3',
    'drops nic_driver enP1s1  transmit 7',
  ]);
});
