import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Recorder } from '../../exposition/recorder.testing.js';
import type { Device, DeviceKind, DriverCounters, Vm } from '../../machine/index.js';
import { pathDescription } from './collector.js';
import { Invisible } from './invisible.js';
import { NicHardware } from './nic_hardware.js';
import { Softnet } from './softnet.js';
import type { Stage } from './stage.js';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'trapline-stages-'))));
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function series(stage: Stage, devices: readonly Device[] = []): string[] {
  const recorder = new Recorder(pathDescription.metrics);
  stage.collect(recorder, devices);
  return recorder.said.map(({ metric, labelValues, value }) =>
    [metric.name.replace('trapline_', ''), ...labelValues, value].join(' '),
  );
}

const none = { packets: 0, bytes: 0, drops: 0 };
const device = (name: string, kind: DeviceKind): Device => ({ name, kind, receive: none, transmit: none });

describe('NicHardware', () => {
  const counters: Record<string, DriverCounters> = {
    eth0: { driver: 'igb', names: ['rx_packets', 'rx_missed_errors', 'rx_fifo_errors'], values: [100, 7, 8] },
    eth1: { driver: 'unheard_of', names: ['rx_packets'], values: [1] },
    ens3: { driver: 'virtio_net', names: ['rx0_kicks'], values: [5] },
  };
  const ethtool = { read: (name: string) => counters[name], keep: () => {} };

  it('takes known counters of the driver, else the standard one', () => {
    for (const name of ['eth0', 'eth1', 'eth2', 'ens3'])
      write(`sys/class/net/${name}/statistics/rx_missed_errors`, '3\n');
    const nics = [
      ...['eth0', 'eth1', 'eth2', 'eth3'].map((name) => device(name, 'nic')),
      device('ens3', 'virtio'),
    ];
    expect(series(new NicHardware(ethtool, join(root, 'sys')), [...nics, device('br0', 'bridge')])).toEqual([
      'path_packets_total nic_hardware eth0  receive 100',
      'path_drops_total nic_hardware eth0  receive 15',
      'path_drops_total nic_hardware eth1  receive 3',
      'path_drops_total nic_hardware eth2  receive 3',
    ]);
  });

  it('asks no more than 32 NICs, and lets go of others', () => {
    const asked: string[] = [];
    const kept: number[] = [];
    const counting = {
      read: (name: string) => void asked.push(name),
      keep: (names: ReadonlySet<string>) => void kept.push(names.size),
    };
    const nics = Array.from({ length: 40 }, (_, i) => device(`eth${i}`, 'nic'));
    series(new NicHardware(counting, root), nics);
    expect([asked.length, ...kept]).toEqual([32, 32]);
  });
});

describe('Softnet', () => {
  const line = (cpu: number, ...counts: readonly number[]): string =>
    [...counts, ...new Array<number>(9).fill(0), cpu].map((n) => n.toString(16).padStart(8, '0')).join(' ');
  const counts = (...lines: readonly string[]): void =>
    write('proc/net/softnet_stat', `${lines.join('\n')}\n`);

  it('sums over CPUs and names those that dropped', () => {
    counts(line(0, 10, 0, 1), line(3, 20, 4, 2));
    expect(series(new Softnet(false, join(root, 'proc')))).toEqual([
      'path_packets_total softnet   receive 30',
      'path_drops_total softnet   receive 4',
      'softnet_squeezed_total 3',
      'softnet_drops_total 3 4',
    ]);
  });

  it('goes on where 32 bits end, and when a CPU goes offline', () => {
    const softnet = new Softnet(true, join(root, 'proc'));
    counts(line(0, 0xffff_fff0, 0xffff_ffff, 0), line(1, 5, 0, 0));
    series(softnet);
    counts(line(0, 0x10, 0x1, 0));
    series(softnet);
    expect(series(softnet)).toEqual([
      `path_packets_total guest_softnet   receive ${2 ** 32 + 0x10 + 5}`,
      `path_drops_total guest_softnet   receive ${2 ** 32 + 1}`,
      'softnet_squeezed_total 0',
      `softnet_drops_total 0 ${2 ** 32 + 1}`,
    ]);
  });

  it('takes nothing of a CPU that was offline from the start for new, but all that comes later', () => {
    const softnet = new Softnet(false, join(root, 'proc'));
    counts(line(0, 5, 0, 0));
    series(softnet);
    counts(line(0, 6, 0, 0), line(3, 3_000_000_000, 2_000_000_000, 9));
    expect(softnet.dropped()).toBe(0);
    counts(line(0, 6, 0, 0), line(3, 5, 2_000_000_004, 9));
    expect(series(softnet)).toEqual([
      `path_packets_total softnet   receive ${6 + 2 ** 32 - 3_000_000_000 + 5}`,
      'path_drops_total softnet   receive 4',
      'softnet_squeezed_total 0',
      'softnet_drops_total 3 4',
    ]);
  });

  it('says nothing where nothing can be read', () => {
    expect(series(new Softnet(false, join(root, 'proc')))).toEqual([]);
  });
});

describe('Invisible', () => {
  function pciFunction(group: number, address: string, virtual: boolean): void {
    write(`sys/kernel/iommu_groups/${group}/devices/${address}/class`, '0x020000\n');
    if (virtual) write(`sys/kernel/iommu_groups/${group}/devices/${address}/physfn/vendor`, '');
  }

  it('tells every way around this kernel by its name', () => {
    const vm = { key: '70:1', pid: 70, startTicks: 1, uuid: '', vmm: 'qemu', taps: [] };
    const web: Vm = { ...vm, name: 'web', vhostUser: ['n0', 'n1'] };
    const inventory = {
      vms: new Map([[web.key, web]]),
      vfio: new Map<string, Vm | undefined>([
        ['27', web],
        ['28', web],
        ['29', undefined],
        ['gone', web],
      ]),
    };
    pciFunction(27, '0000:03:10.1', true);
    pciFunction(28, '0000:04:00.0', false);
    pciFunction(29, '0000:05:00.0', false);
    write('sys/class/net/eth0/device/sriov_numvfs', '8\n');
    expect(series(new Invisible(inventory, join(root, 'sys')), [device('eth0', 'nic')])).toEqual([
      'path_invisible web n0 vhost-user 1',
      'path_invisible web n1 vhost-user 1',
      'path_invisible web 0000:03:10.1 sriov 1',
      'path_invisible web 0000:04:00.0 passthrough 1',
      'path_invisible  0000:05:00.0 dpdk 1',
      'path_invisible  eth0 sriov 1',
    ]);
  });
});
