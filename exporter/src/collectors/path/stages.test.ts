import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Recorder } from '../../exposition/recorder.testing.js';
import { deviceOf } from '../../machine/device.testing.js';
import type { Device, DeviceKind, DriverCounters, HeldTap, Vm } from '../../machine/index.js';
import type { VmTap } from '../../watch.js';
import { pathDescription } from './collector.js';
import { Hops } from './hops.js';
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

function series(stage: Stage, devices: readonly Device[] = [], taps: readonly VmTap[] = []): string[] {
  const recorder = new Recorder(pathDescription.metrics);
  stage.collect(recorder, devices, taps);
  return recorder.said.map(({ metric, labelValues, value }) =>
    [metric.name.replace('trapline_', ''), ...labelValues, value].join(' '),
  );
}

const device = (name: string, kind: DeviceKind): Device => deviceOf({ name, kind });

describe('NicHardware', () => {
  const counters: Record<string, DriverCounters> = {
    eth0: { driver: 'e1000e', names: ['rx_packets', 'rx_missed_errors'], values: [100, 7] },
    eth1: { driver: 'unheard_of', names: ['rx_packets'], values: [1] },
    ens3: { driver: 'virtio_net', names: ['rx0_kicks', 'rx0_drops'], values: [5, 6] },
  };
  const missed = (name: string, count: number): void =>
    write(`sys/class/net/${name}/statistics/rx_missed_errors`, `${count}\n`);
  const hardware = (read: (name: string) => DriverCounters | undefined, now?: () => number): NicHardware =>
    new NicHardware({ read, keep: () => {} }, join(root, 'sys'), 'guest_nic', now);
  const lost = (stage: Stage, devices: readonly Device[]): string[] =>
    series(stage, devices).flatMap(
      (line) => /^path_drops_total \S+ (\S+ {2}receive \d+)$/.exec(line)?.[1] ?? [],
    );

  it('takes known counters of the driver, else the standard one, and says which', () => {
    for (const name of ['eth0', 'eth1', 'eth2', 'ens3']) missed(name, 3);
    const nics = [
      ...['eth0', 'eth1', 'eth2', 'eth3'].map((name) => device(name, 'nic')),
      device('ens3', 'virtio'),
    ];
    const stage = hardware((name) => counters[name]);
    expect(series(stage, [...nics, device('br0', 'bridge')])).toEqual([
      'path_packets_total nic_hardware eth0  receive 100',
      'path_drops_total nic_hardware eth0  receive 7',
      'path_drops_total nic_hardware eth1  receive 3',
      'path_drops_total nic_hardware eth2  receive 3',
      'path_drops_total guest_nic ens3  receive 6',
      'nic_hardware_info eth0 e1000e driver 1',
      'nic_hardware_info eth1 unheard_of unknown 1',
      'nic_hardware_info eth2  unknown 1',
      'nic_hardware_info eth3  unknown 1',
      'nic_hardware_info ens3 virtio_net driver 1',
      ...[...nics].map(({ name }) => `nic_hardware_age_seconds ${name} 0`),
    ]);
  });

  it('has the packets of a virtual function that another NIC takes them from, and those that were lost before', () => {
    const stage = hardware((name) =>
      name === 'eth0'
        ? { driver: 'hv_netvsc', names: ['rx_no_memory'], values: [0] }
        : { driver: 'mana', names: ['hc_rx_discards_no_wqe'], values: [40] },
    );
    const devices = [
      deviceOf({ index: 2, name: 'eth0', kind: 'nic', receive: { packets: 960 } }),
      deviceOf({ index: 3, name: 'enP1s1', kind: 'nic', master: 2, receive: { packets: 960 } }),
    ];
    expect(series(stage, devices).filter((line) => line.startsWith('path_'))).toEqual([
      'path_packets_total nic_hardware enP1s1  receive 1000',
      'path_drops_total nic_hardware eth0  receive 0',
      'path_drops_total nic_hardware enP1s1  receive 40',
    ]);
  });

  it('reads every NIC, however many virtual functions come before the uplink', () => {
    const names = [...Array.from({ length: 64 }, (_, i) => `vf${i}`), 'uplink'];
    for (const name of names) missed(name, name === 'uplink' ? 777 : 0);
    const asked: string[] = [];
    const stage = hardware((name) => void asked.push(name));
    const drops = lost(
      stage,
      names.map((name) => device(name, 'nic')),
    );
    expect(drops).toHaveLength(65);
    expect(drops.at(-1)).toBe('uplink  receive 777');
    expect(asked).toHaveLength(65);
  });

  it('asks slow drivers in turn, physical functions first, and says how old the rest is', () => {
    let now = 0;
    const asked: string[] = [];
    const stage = hardware(
      (name) => {
        asked.push(name);
        now += 100;
        return { driver: 'e1000e', names: ['rx_missed_errors'], values: [now] };
      },
      () => now,
    );
    const nics = ['vf0', 'vf1', 'vf2', 'eth0', 'eth1'].map((name) => device(name, 'nic'));
    for (const name of ['vf0', 'vf1', 'vf2'])
      mkdirSync(join(root, `sys/class/net/${name}/device/physfn`), { recursive: true });
    const scrape = (): string[] => {
      asked.length = 0;
      const ages = series(stage, nics).filter((line) => line.startsWith('nic_hardware_age'));
      now += 9700;
      return [asked.join(' '), ...ages.map((line) => line.split(' ').slice(1).join(' '))];
    };
    // 250 ms are enough for three.
    expect(scrape()).toEqual(['eth0 eth1 vf0', 'vf0 0', 'vf1 Infinity', 'vf2 Infinity', 'eth0 0', 'eth1 0']);
    expect(scrape()).toEqual(['eth0 eth1 vf1', 'vf0 9.8', 'vf1 0', 'vf2 Infinity', 'eth0 0', 'eth1 0']);
    expect(scrape()).toEqual(['eth0 eth1 vf2', 'vf0 19.8', 'vf1 9.8', 'vf2 0', 'eth0 0', 'eth1 0']);
    expect(scrape()[0]).toBe('eth0 eth1 vf0');
    // What a function said last stays: vf0, when it was asked at 30 300.
    expect(lost(stage, nics).slice(0, 2)).toEqual(['vf0  receive 30300', 'vf1  receive 40300']);
  });

  it('lets none wait for ever where the first takes all the time', () => {
    let now = 0;
    const asked: string[] = [];
    const stage = hardware(
      (name) => {
        asked.push(name);
        now += 1000;
        return undefined;
      },
      () => now,
    );
    const nics = ['vf0', 'vf1', 'eth0', 'eth1'].map((name) => device(name, 'nic'));
    for (const name of ['vf0', 'vf1'])
      mkdirSync(join(root, `sys/class/net/${name}/device/physfn`), { recursive: true });
    series(stage, nics);
    series(stage, nics);
    expect(asked).toEqual(['eth0', 'vf0', 'eth1', 'vf1']);
  });

  it('never falls: where queues go, a driver restarts, has no answer, or its counter of 32 bits wraps', () => {
    const answers: (DriverCounters | undefined)[] = [];
    const stage = hardware(() => answers.shift());
    const next = (driver: string, ethtool: Record<string, number>): string => {
      answers.push({ driver, names: Object.keys(ethtool), values: Object.values(ethtool) });
      return lost(stage, [device('eth0', 'nic')])[0]!.replace('eth0  receive ', '');
    };
    const nodesc = (first: number, second?: number) => ({
      'rx_no_buffers_posted[0]': first,
      ...(second !== undefined && { 'rx_no_buffers_posted[1]': second }),
    });
    expect(next('gve', nodesc(700, 300))).toBe('1000');
    expect(next('gve', nodesc(701))).toBe('1001');
    expect(next('gve', nodesc(702, 0))).toBe('1002');
    expect(next('gve', nodesc(703, 4))).toBe('1007');
    expect(next('gve', nodesc(0, 0))).toBe('1007');
    expect(next('gve', nodesc(2, 1))).toBe('1010');
    expect(next('gve', {})).toBe('1010');
    answers.push(undefined);
    expect(lost(stage, [device('eth0', 'nic')])).toEqual(['eth0  receive 1010']);
    expect(next('gve', nodesc(3, 1))).toBe('1011');

    expect(next('mlx5_core', { rx_out_of_buffer: 2 ** 32 - 10, rx_discards_phy: 5 })).toBe(`${2 ** 32 - 5}`);
    expect(next('mlx5_core', { rx_out_of_buffer: 10, rx_discards_phy: 5 })).toBe(`${2 ** 32 + 15}`);
    expect(next('r8169', { rx_missed: 65_000 })).toBe('65000');
    expect(next('r8169', { rx_missed: 10 })).toBe(`${2 ** 16 + 10}`);
  });

  it('does not fall where what is no loss was counted a moment before', () => {
    const answers: DriverCounters[] = [];
    const stage = hardware(() => answers.shift());
    const next = (total: number, broken: number): string => {
      answers.push({
        driver: 'vmxnet3',
        names: ['  drv dropped rx total', '     err'],
        values: [total, broken],
      });
      return lost(stage, [device('eth0', 'nic')])[0]!;
    };
    expect(next(10, 3)).toBe('eth0  receive 7');
    expect(next(10, 4)).toBe('eth0  receive 7');
    expect(next(12, 4)).toBe('eth0  receive 8');
  });

  it('lets go of what is known of NICs that are there no more', () => {
    const kept: string[][] = [];
    const ethtool = {
      read: () => counters['eth0'],
      keep: (names: ReadonlySet<string>) => void kept.push([...names]),
    };
    const stage = new NicHardware(ethtool, root);
    series(stage, [device('eth0', 'nic'), device('eth1', 'nic'), device('tap0', 'tap')]);
    series(stage, [device('eth1', 'nic')]);
    expect(kept).toEqual([['eth0', 'eth1'], ['eth1']]);
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
    const vm = { key: '70:1', pid: 70, startTicks: 1, uuid: '', vmm: 'qemu' };
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
    const tap: HeldTap = { netns: 5, ifindex: 2, kind: 'tap', device: 'tap0', holders: [] };
    const unreadable = { ...tap, netns: 0, ifindex: 0, device: '' };
    const none = { packets: 0, bytes: 0, errors: 0, drops: 0 };
    const counters = { receive: none, transmit: none };
    const taps = [tap, { ...tap, netns: 4 }, { ...tap, counters }, unreadable].map((each) => ({
      vm: web,
      tap: each,
    }));
    const bound = (driver: string, address: string, pciClass: string): void =>
      write(`sys/bus/pci/drivers/${driver}/${address}/class`, `${pciClass}\n`);
    bound('igb_uio', '0000:06:00.0', '0x020000');
    bound('uio_pci_generic', '0000:06:00.1', '0x010000');
    write('sys/bus/pci/drivers/igb_uio/bind', '');
    for (const name of ['vdpa0', 'vdpa1']) write(`sys/bus/vdpa/devices/${name}/uevent`, '');
    for (const name of ['vhost_vdpa/vdpa0', 'vhost_vdpa/bind', 'virtio_vdpa/vdpa1'])
      write(`sys/bus/vdpa/drivers/${name}`, '');
    for (const name of ['info', '70-eth1.3', '71-eth1.4', '72-none.5', '73-a-b.6'])
      write(`proc/net/pf_ring/${name}`, '');
    write('sys/module/netmap/refcnt', '0\n');
    const devices = [
      device('eth0', 'nic'),
      deviceOf({
        name: 'eth2',
        kind: 'nic',
        xdp: [
          { mode: 'driver', program: 41 },
          { mode: 'hardware', program: 43 },
        ],
      }),
      deviceOf({ name: 'eth2_0', representor: true }),
      deviceOf({ name: 'ovs-netdev', kind: 'tap', type: 'tun' }),
      deviceOf({ name: 'veth0', type: 'veth', xdp: [{ mode: 'generic', program: 7 }] }),
    ];
    const stage = new Invisible(inventory, 4, { proc: join(root, 'proc'), sys: join(root, 'sys') });
    expect(series(stage, devices, taps)).toEqual([
      'path_invisible web n0 vhost-user 1',
      'path_invisible web n1 vhost-user 1',
      'path_invisible web 0000:03:10.1 sriov 1',
      'path_invisible web 0000:04:00.0 passthrough 1',
      'path_invisible  0000:05:00.0 dpdk 1',
      'path_invisible web tap0 namespace 1',
      'path_invisible web tap0@5 namespace-queue 1',
      'path_invisible web  namespace 1',
      'path_invisible  eth0 sriov 1',
      'path_invisible  0000:06:00.0 dpdk 1',
      'path_invisible  vdpa0 vdpa 1',
      'path_invisible  eth1 pf_ring 1',
      'path_invisible  a-b pf_ring 1',
      'path_invisible   netmap 1',
      'path_invisible  eth2 xdp 1',
      'path_invisible  eth2_0 switchdev 1',
      'path_invisible  ovs-netdev ovs-userspace 1',
      'path_invisible  veth0 xdp 1',
      'xdp_program_info eth2 driver 41 1',
      'xdp_program_info eth2 hardware 43 1',
      'xdp_program_info veth0 generic 7 1',
    ]);
  });
});

describe('Hops', () => {
  const HERE = 1;
  const held = (vm: string, device: string, netns: number, ifindex: number): VmTap => ({
    vm: { key: '1:1', pid: 1, startTicks: 1, name: vm, uuid: '', vmm: 'qemu', vhostUser: [] },
    tap: { netns, ifindex, kind: 'tap', device, holders: [] },
  });
  const network = (...uplinks: string[]): Device[] => [
    deviceOf({ index: 1, name: 'br0', type: 'bridge', kind: 'bridge' }),
    ...[2, 3].map((index) => deviceOf({ index, name: `tap${index}`, type: 'tun', kind: 'tap', master: 1 })),
    ...uplinks.map((name, i) => deviceOf({ index: 10 + i, name, kind: 'nic', bus: 'pci', master: 1 })),
  ];
  const hopsOf = (stage: Stage, devices: readonly Device[], taps: readonly VmTap[]): string[] =>
    series(stage, devices, taps).map((line) => line.replace(/^path_hop_info (.*) 1$/, '$1'));

  it('are those of each tap of each VM, and of one elsewhere only the tap', () => {
    const taps = [held('a', 'tap2', HERE, 2), held('a', 'tap2', 7, 3), held('b', 'tap3', HERE, 3)];
    expect(hopsOf(new Hops(HERE), network('eth0'), taps)).toEqual([
      'a tap2 0 tap tap2 transmit ',
      'a tap2 1 bridge br0 receive tap2',
      'a tap2 2 nic eth0 receive br0',
      'a tap2@7 0 tap tap2@7 transmit ',
      'a tap2@7 1 namespace  receive tap2@7',
      'b tap3 0 tap tap3 transmit ',
      'b tap3 1 bridge br0 receive tap3',
      'b tap3 2 nic eth0 receive br0',
    ]);
  });

  it('follow when a device, a port or a tap changes, and are not looked for anew before', () => {
    const stage = new Hops(HERE);
    const taps = [held('a', 'tap2', HERE, 2)];
    const uplinks = (devices: readonly Device[], held = taps): string[] =>
      hopsOf(stage, devices, held).flatMap((row) => /2 nic (\S+)/.exec(row)?.[1] ?? []);
    expect(uplinks(network('eth0'))).toEqual(['eth0']);
    expect(uplinks(network('eth0', 'eth1'))).toEqual(['eth0', 'eth1']);
    expect(uplinks(network('eth0'))).toEqual(['eth0']);
    expect(uplinks(network('renamed'))).toEqual(['renamed']);
    const counted = network('renamed').map((device) => ({
      ...device,
      receive: { ...device.receive, packets: 9 },
    }));
    const watched = counted.map(
      (device) => new Proxy(device, { get: (on, key) => (read.add(key), Reflect.get(on, key)) }),
    );
    const read = new Set<PropertyKey>();
    expect(uplinks(watched)).toEqual(['renamed']);
    expect(read.has('portType')).toBe(false);
    expect(
      uplinks(network('renamed').map((device) => ({ ...device, blocked: device.kind === 'nic' }))),
    ).toEqual([]);
    expect(uplinks(network('renamed'), [held('b', 'tap3', HERE, 3)])).toEqual(['renamed']);
    expect(uplinks(network('renamed'), [])).toEqual([]);
  });
});
