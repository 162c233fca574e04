import { describe, expect, it } from 'vitest';
import { deviceOf } from './device.testing.js';
import type { Device, DeviceKind } from './netlink/index.js';
import { Ways } from './way.js';

/** A device as `ip link` would be told of it. */
interface Link {
  type?: string;
  /** What it is a port of. */
  master?: string;
  /** The device below, or the peer. */
  on?: string;
  /** The device below is in another namespace. */
  away?: true;
  blocked?: true;
}

const kinds: Readonly<Record<string, DeviceKind>> = {
  ...{ bridge: 'bridge', tun: 'tap', macvtap: 'macvtap', '': 'nic' },
};

/** Devices by name, numbered from 1; those without a type are NICs. */
function network(links: Readonly<Record<string, Link>>): Device[] {
  const names = Object.keys(links);
  const indexOf = (name: string): number => names.indexOf(name) + 1 || 999;
  return Object.entries(links).map(([name, { type = '', master, on, away, blocked = false }]) =>
    deviceOf({
      blocked,
      ...{ name, type, index: indexOf(name), kind: kinds[type] ?? 'other' },
      ...(master && { master: indexOf(master), portType: links[master]?.type ?? '' }),
      ...(on && { lower: indexOf(on) }),
      ...(away && { lower: 2, lowerNamespace: 0 }),
    }),
  );
}

const tap = (master: string): Link => ({ type: 'tun', master });
const bridge: Link = { type: 'bridge' };
const pair = (a: string, ofA: string, b: string, ofB: string): Record<string, Link> => ({
  [a]: { type: 'veth', master: ofA, on: b },
  [b]: { type: 'veth', master: ofB, on: a },
});

/** Each hop as `hop kind device direction > next`, one with a direction as in `receive` without it. */
const wayTo = (devices: readonly Device[], name: string): string[] =>
  new Ways(devices)
    .to(devices.find((device) => device.name === name)?.index ?? 998, name)
    .map(({ hop, kind, device, direction, next }) =>
      [hop, kind, device, ...(direction === 'transmit' ? ['out'] : []), ...(next ? ['>', next] : [])]
        .filter((part) => part !== '')
        .join(' '),
    );

const proxmox = {
  eno1: { master: 'vmbr0' },
  vmbr0: bridge,
  ...Object.assign(
    {},
    ...['100', '101'].map((vm) => ({
      [`fwbr${vm}i0`]: bridge,
      [`tap${vm}i0`]: tap(`fwbr${vm}i0`),
      ...pair(`fwln${vm}i0`, `fwbr${vm}i0`, `fwpr${vm}p0`, 'vmbr0'),
    })),
  ),
  tap102i0: tap('vmbr0'),
} as Record<string, Link>;

describe('the way to a tap', () => {
  it.each<[what: string, links: Record<string, Link>, to: string, way: string[]]>([
    [
      'of a Proxmox VM with a firewall leads through its own bridge and the one of all',
      proxmox,
      'tap101i0',
      [
        '0 tap tap101i0 out',
        '1 bridge fwbr101i0 > tap101i0',
        '2 veth fwln101i0 > fwbr101i0',
        '3 veth fwpr101p0 out > fwln101i0',
        '4 bridge vmbr0 > fwpr101p0',
        '5 nic eno1 > vmbr0',
      ],
    ],
    [
      'of a Proxmox VM without one does not lead through the bridges of others',
      proxmox,
      'tap102i0',
      ['0 tap tap102i0 out', '1 bridge vmbr0 > tap102i0', '2 nic eno1 > vmbr0'],
    ],
    [
      'through a VLAN on a bond has both NICs in parallel',
      {
        eth0: { master: 'bond0' },
        eth1: { master: 'bond0' },
        bond0: { type: 'bond' },
        'bond0.10': { type: 'vlan', on: 'bond0', master: 'br10' },
        br10: bridge,
        tap0: tap('br10'),
      },
      'tap0',
      [
        '0 tap tap0 out',
        '1 bridge br10 > tap0',
        '2 vlan bond0.10 > br10',
        '3 bond bond0 > bond0.10',
        '4 nic eth0 > bond0',
        '4 nic eth1 > bond0',
      ],
    ],
    [
      'through a VLAN of a bridge leads on through that bridge (Proxmox, vmbr0v10)',
      {
        eth0: { master: 'vmbr0' },
        vmbr0: bridge,
        'vmbr0.10': { type: 'vlan', on: 'vmbr0', master: 'vmbr0v10' },
        vmbr0v10: bridge,
        tap0: tap('vmbr0v10'),
      },
      'tap0',
      [
        '0 tap tap0 out',
        '1 bridge vmbr0v10 > tap0',
        '2 vlan vmbr0.10 > vmbr0v10',
        '3 bridge vmbr0 > vmbr0.10',
        '4 nic eth0 > vmbr0',
      ],
    ],
    [
      'through a VXLAN leads to the device below, and without one out of sight',
      {
        eth0: {},
        vx1: { type: 'vxlan', on: 'eth0', master: 'br0' },
        vx2: { type: 'vxlan', master: 'br0' },
        br0: bridge,
        tap0: tap('br0'),
      },
      'tap0',
      [
        '0 tap tap0 out',
        '1 bridge br0 > tap0',
        '2 vxlan vx1 > br0',
        '2 vxlan vx2 > br0',
        '3 nic eth0 > vx1',
        '3 unknown > vx2',
      ],
    ],
    [
      'of OpenStack’s hybrid plug leads through the Linux bridge into the datapath of OVS',
      {
        eth0: { master: 'ovs-system' },
        'ovs-system': { type: 'openvswitch' },
        'br-int': { type: 'openvswitch' },
        qbr1: bridge,
        tap1: tap('qbr1'),
        ...pair('qvb1', 'qbr1', 'qvo1', 'ovs-system'),
        qbr2: bridge,
        tap2: tap('qbr2'),
        ...pair('qvb2', 'qbr2', 'qvo2', 'ovs-system'),
      },
      'tap1',
      [
        '0 tap tap1 out',
        '1 bridge qbr1 > tap1',
        '2 veth qvb1 > qbr1',
        '3 veth qvo1 out > qvb1',
        '4 openvswitch ovs-system > qvo1',
        '5 nic eth0 > ovs-system',
      ],
    ],
    [
      'of a Proxmox VM with a firewall on OVS leads through an internal port',
      {
        eth0: { master: 'ovs-system' },
        'ovs-system': { type: 'openvswitch' },
        fwln100o0: { type: 'openvswitch', master: 'fwbr100i0' },
        fwbr100i0: bridge,
        tap100i0: tap('fwbr100i0'),
      },
      'tap100i0',
      [
        '0 tap tap100i0 out',
        '1 bridge fwbr100i0 > tap100i0',
        '2 openvswitch fwln100o0 > fwbr100i0',
        '3 openvswitch ovs-system > fwln100o0',
        '4 nic eth0 > ovs-system',
      ],
    ],
    [
      'in a datapath of OVS without an uplink comes from this host',
      { 'ovs-system': { type: 'openvswitch' }, tap1: tap('ovs-system'), tap2: tap('ovs-system') },
      'tap1',
      ['0 tap tap1 out', '1 openvswitch ovs-system > tap1', '2 host > ovs-system'],
    ],
    [
      'that is a macvtap comes straight from the NIC',
      { eth0: {}, mvt: { type: 'macvtap', on: 'eth0' } },
      'mvt',
      ['0 macvtap mvt out', '1 nic eth0 > mvt'],
    ],
    [
      'that is a macvtap on a device of another namespace ends there',
      { mvt: { type: 'macvtap', away: true } },
      'mvt',
      ['0 macvtap mvt out', '1 namespace > mvt'],
    ],
    [
      'of KubeVirt’s bridge binding ends at the namespace of the node',
      {
        'k6t-eth0': bridge,
        'eth0-nic': { type: 'veth', master: 'k6t-eth0', away: true },
        tap0: tap('k6t-eth0'),
      },
      'tap0',
      ['0 tap tap0 out', '1 bridge k6t-eth0 > tap0', '2 veth eth0-nic > k6t-eth0', '3 namespace > eth0-nic'],
    ],
    [
      'does not come from containers beside a NIC, nor from one of several',
      {
        eth0: { master: 'br0' },
        br0: bridge,
        tap0: tap('br0'),
        pod1: { type: 'veth', master: 'br0', away: true },
        pod2: { type: 'veth', master: 'br0', away: true },
      },
      'tap0',
      ['0 tap tap0 out', '1 bridge br0 > tap0', '2 nic eth0 > br0'],
    ],
    [
      'through a bridge with no uplink comes from this host, whatever containers and VMs are on it',
      {
        virbr0: bridge,
        tap0: tap('virbr0'),
        tap1: tap('virbr0'),
        old: { type: 'dummy', master: 'virbr0' },
        pod1: { type: 'veth', master: 'virbr0', away: true },
        pod2: { type: 'veth', master: 'virbr0', away: true },
      },
      'tap0',
      ['0 tap tap0 out', '1 bridge virbr0 > tap0', '2 host > virbr0'],
    ],
    [
      'through a bridge with two uplinks has them in parallel',
      { eth0: { master: 'br0' }, br0: bridge, tap0: tap('br0'), eth1: { master: 'br0' } },
      'tap0',
      ['0 tap tap0 out', '1 bridge br0 > tap0', '2 nic eth0 > br0', '2 nic eth1 > br0'],
    ],
    [
      'that is in no bridge comes from this host',
      { tap0: { type: 'tun' } },
      'tap0',
      ['0 tap tap0 out', '1 host > tap0'],
    ],
    ['of a device that is gone is unknown', {}, 'tap9', ['0 tap tap9 out', '1 unknown > tap9']],
    [
      'through a master that is gone is unknown',
      { tap0: tap('gone') },
      'tap0',
      ['0 tap tap0 out', '1 unknown > tap0'],
    ],
    [
      'through bridges in a ring does not lead over the port that spanning tree keeps closed',
      {
        eth0: { master: 'br3' },
        ...{ br1: bridge, br2: bridge, br3: bridge, tap0: tap('br1') },
        ...pair('a1', 'br1', 'a2', 'br2'),
        ...pair('b2', 'br2', 'b3', 'br3'),
        ...pair('c3', 'br3', 'c1', 'br1'),
        b2: { type: 'veth', master: 'br2', on: 'b3', blocked: true },
        a1: { type: 'veth', master: 'br1', on: 'a2' },
      },
      'tap0',
      [
        '0 tap tap0 out',
        '1 bridge br1 > tap0',
        '2 veth c1 > br1',
        '3 veth c3 out > c1',
        '4 bridge br3 > c3',
        '5 nic eth0 > br3',
      ],
    ],
    [
      'through bridges in a ring without an uplink comes from this host',
      {
        ...{ br1: bridge, br2: bridge, tap0: tap('br1') },
        ...pair('a1', 'br1', 'a2', 'br2'),
        ...pair('b2', 'br2', 'b1', 'br1'),
      },
      'tap0',
      ['0 tap tap0 out', '1 bridge br1 > tap0', '2 host > br1'],
    ],
    [
      'through a device that is below itself is bounded',
      { vlan: { type: 'vlan', on: 'vlan', master: 'br0' }, br0: bridge, tap0: tap('br0') },
      'tap0',
      ['0 tap tap0 out', '1 bridge br0 > tap0', '2 vlan vlan > br0'],
    ],
  ])('%s', (_, links, to, way) => {
    expect(wayTo(network(links), to)).toEqual(way);
  });

  it('is told of 4000 VMs on one bridge, each behind a bridge of its own', () => {
    const links: Record<string, Link> = { vmbr0: bridge };
    for (let vm = 0; vm < 4000; vm++)
      Object.assign(links, {
        [`fwbr${vm}`]: bridge,
        [`tap${vm}`]: tap(`fwbr${vm}`),
        ...pair(`fwln${vm}`, `fwbr${vm}`, `fwpr${vm}`, 'vmbr0'),
      });
    const names = Object.keys(links);
    const index = new Map(names.map((name, i) => [name, i + 1]));
    const devices = [...names, 'eth0'].map((name, i) => {
      const { type = '', master, on } = links[name] ?? { master: 'vmbr0' };
      return deviceOf({
        ...{ name, type, index: i + 1, kind: kinds[type] ?? 'other' },
        ...{ master: index.get(master ?? ''), lower: index.get(on ?? '') },
      });
    });
    const ways = new Ways(devices);
    const lengths = new Set(
      devices.filter(({ kind }) => kind === 'tap').map((each) => ways.to(each.index, each.name).length),
    );
    expect(lengths).toEqual(new Set([6]));
  });

  it('is cut after 16 hops, and after 64 devices', () => {
    const ends = { br0: bridge, tap0: tap('br0') };
    const long: Record<string, Link> = { ...ends, vlan0: { type: 'vlan', on: 'vlan1', master: 'br0' } };
    for (let i = 1; i < 100; i++) long[`vlan${i}`] = { type: 'vlan', on: `vlan${i + 1}` };
    expect(wayTo(network(long), 'tap0')).toHaveLength(18);
    expect(wayTo(network(long), 'tap0').at(-1)).toBe('17 unknown > vlan14');
    const wide: Record<string, Link> = { ...ends, bond0: { type: 'bond', master: 'br0' } };
    for (let i = 0; i < 100; i++) wide[`eth${i}`] = { master: 'bond0' };
    expect(wayTo(network(wide), 'tap0')).toHaveLength(65);
    expect(wayTo(network(wide), 'tap0').at(-1)).toBe('3 unknown > bond0');
  });

  it('is found at the end of a chain of 10 000 bridges, or not, without running out of stack', () => {
    const devices = Array.from({ length: 10_000 }, (_, i) => [
      deviceOf({ index: 3 * i + 1, name: `br${i}`, type: 'bridge', kind: 'bridge' }),
      deviceOf({ index: 3 * i + 2, name: `in${i}`, type: 'veth', master: 3 * i + 1, lower: 3 * i + 3 }),
      deviceOf({ index: 3 * i + 3, name: `out${i}`, type: 'veth', master: 3 * i + 4, lower: 3 * i + 2 }),
    ]).flat();
    const first = deviceOf({ index: 99_999, name: 'tap0', type: 'tun', kind: 'tap', master: 1 });
    expect(wayTo([...devices, first], 'tap0').at(-1)).toBe('17 unknown > br5');
  });
});
