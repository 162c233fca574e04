import { describe, expect, test } from 'vitest';
import { type Answer, counter, gauge, runRuleCases, selector } from './promtool.js';

const LENGTH = 40;
const AT = 330;

/** What a stage of a device carries and drops a second; a bridge and the hardware of a NIC carry what came, dropped or not. */
type Count = readonly [carried: number, dropped: number];

/** A host: the devices on the ways to its VMs, and what is counted where. */
interface Host {
  /** By VM and tap, the hops outwards: each has devices in parallel; a device that transmits has a `>`. */
  ways: Record<string, Record<string, readonly (readonly string[])[]>>;
  counts: Record<string, Count>;
}

const owner = ({ ways }: Host, device: string): string =>
  Object.keys(ways).find((vm) => device in ways[vm]!) ?? '';

/**
 * The series of a host. Counts are named `stage device`, with a third word for a direction that is not the one towards the VM, and
 * for the port at which a bridge drops.
 */
function seriesOf(instance: string, host: Host): Record<string, string> {
  const series: Record<string, string> = {};
  for (const [vm, taps] of Object.entries(host.ways))
    for (const [tap, hops] of Object.entries(taps))
      [[`${tap}>`], ...hops].forEach((devices, hop, all) => {
        for (const each of devices) {
          const device = each.replace('>', '');
          const direction = each === device ? 'receive' : 'transmit';
          const kind = `bridge ${device}` in host.counts || /br/.test(device) ? 'bridge' : 'other';
          const next = all[hop - 1]?.[0]!.replace('>', '') ?? '';
          const labels = { instance, vm, tap, hop: `${hop}`, kind, device, direction, next };
          series[selector('trapline_path_hop_info', labels)] = gauge([{ steps: LENGTH, value: 1 }]);
        }
      });
  const add = (name: string, labels: Record<string, string>, perSecond: number): void => {
    series[selector(name, { instance, ...labels })] = counter([{ steps: LENGTH, perSecond }]);
  };
  for (const [place, [carried, dropped]] of Object.entries(host.counts)) {
    const [stage, device, given] = place.split(' ') as [string, string, string?];
    const vm = owner(host, device);
    const direction = (stage !== 'bridge' && given) || (vm || stage === 'qdisc' ? 'transmit' : 'receive');
    add('trapline_path_packets_total', { stage, device, vm, direction }, carried);
    if (stage === 'bridge') {
      add('trapline_bridge_drops_total', { device }, dropped);
      if (dropped > 0)
        add(
          'trapline_bridge_drop_reasons_total',
          { device, port: given ?? '', reason: 'PKT_TOO_BIG' },
          dropped,
        );
    } else add('trapline_path_drops_total', { stage, device, vm, direction }, dropped);
  }
  return series;
}

/** To a millionth. */
function lossOf(samples: Record<string, number>, record = 'instance_vm:trapline_loss:ratio_rate1m'): Answer {
  const rounded = Object.entries(samples).map(([labels, value]) => [
    `{${labels}}`,
    Math.round(value * 1e6) / 1e6,
  ]);
  return {
    at: AT,
    expr: `round(${record}, 1e-6)`,
    samples: Object.fromEntries(rounded) as Record<string, number>,
  };
}

const holds = (hosts: Record<string, Host>, ...answers: Answer[]): void =>
  runRuleCases([
    {
      name: 'ways',
      series: Object.assign(
        {},
        ...Object.entries(hosts).map(([name, host]) => seriesOf(name, host)),
      ) as Record<string, string>,
      answers,
    },
  ]);

const hopLoss = 'instance_vm_tap_hop_stage:trapline_loss:ratio_rate1m';
const stageLoss = 'instance_vm_stage:trapline_loss:ratio_rate1m';

describe('bridges in series (Proxmox)', () => {
  const proxmox: Host = {
    ways: { '100': { tap100i0: [['fwbr100i0'], ['fwln100i0'], ['fwpr100p0>'], ['vmbr0'], ['eno1']] } },
    counts: {
      'nic_hardware eno1': [1000, 0],
      'bridge vmbr0 eno1': [1000, 200],
      'qdisc fwpr100p0': [600, 200],
      'tc fwpr100p0 transmit': [800, 0],
      'tc fwpr100p0 receive': [5, 5],
      'bridge fwbr100i0 tap100i0': [600, 60],
      'tap tap100i0': [486, 54],
    },
  };

  test('are hops whose losses multiply, and each loses what it lost', () => {
    holds(
      { a: proxmox },
      lossOf({ 'instance="a",vm="100"': 1 - 0.486 }),
      lossOf(
        {
          'instance="a",vm="100",tap="tap100i0",hop="5",stage="nic_hardware"': 0,
          'instance="a",vm="100",tap="tap100i0",hop="4",stage="bridge"': 0.2,
          'instance="a",vm="100",tap="tap100i0",hop="3",stage="qdisc"': 0.25,
          'instance="a",vm="100",tap="tap100i0",hop="3",stage="tc"': 0,
          'instance="a",vm="100",tap="tap100i0",hop="1",stage="bridge"': 0.1,
          'instance="a",vm="100",tap="tap100i0",hop="0",stage="tap"': 0.1,
        },
        hopLoss,
      ),
    );
  });

  test('are not added up for their host: the worst is its loss', () => {
    holds(
      { a: proxmox },
      lossOf(
        {
          'instance="a",stage="nic_hardware"': 0,
          'instance="a",stage="bridge"': 0.2,
          'instance="a",stage="qdisc"': 0.25,
          'instance="a",stage="tc"': 0,
          'instance="a",vm="100",stage="tap"': 0.1,
        },
        stageLoss,
      ),
    );
  });
});

test('a bridge that a VM is not on loses nothing of its packets', () => {
  holds(
    {
      a: {
        ways: { one: { tap1: [['br1'], ['eth1']] }, two: { tap2: [['br2'], ['eth2']] } },
        counts: {
          ...{ 'bridge br1': [1000, 300], 'tap tap1': [700, 0] },
          ...{ 'bridge br2': [1000, 0], 'tap tap2': [1000, 0], 'nic_hardware eth3': [1000, 500] },
        },
      },
    },
    lossOf({ 'instance="a",vm="one"': 0.3, 'instance="a",vm="two"': 0 }),
  );
});

test.each([
  ['the port that leads to it', 'tap1', { one: 0.3, two: 0 }],
  ['the port that the packets came from', 'eth0', { one: 0.3, two: 0.3 }],
  ['itself', '', { one: 0.3, two: 0.3 }],
  ['a port of neither', 'pod', { one: 0, two: 0 }],
])('of two VMs on one bridge, what it drops at %s is lost to whom it was meant for', (_, port, losses) => {
  holds(
    {
      a: {
        ways: { one: { tap1: [['br0'], ['eth0']] }, two: { tap2: [['br0'], ['eth0']] } },
        counts: {
          [`bridge br0 ${port}`.trim()]: [1000, 300],
          ...{ 'tap tap1': [700, 0], 'tap tap2': [700, 0] },
        },
      },
    },
    lossOf(
      Object.fromEntries(Object.entries(losses).map(([name, loss]) => [`instance="a",vm="${name}"`, loss])),
    ),
  );
});

test('the NICs of a bond are in parallel', () => {
  holds(
    {
      a: {
        ways: { one: { tap1: [['br1'], ['bond0'], ['eth0', 'eth1']] } },
        counts: { 'nic_hardware eth0': [900, 90], 'nic_hardware eth1': [100, 10], 'tap tap1': [450, 450] },
      },
    },
    lossOf({ 'instance="a",vm="one"': 1 - 0.9 * 0.5 }),
    lossOf(
      {
        'instance="a",vm="one",tap="tap1",hop="3",stage="nic_hardware"': 0.1,
        'instance="a",vm="one",tap="tap1",hop="0",stage="tap"': 0.5,
      },
      hopLoss,
    ),
  );
});

test('hosts with VMs, taps and devices of the same names each have their own loss', () => {
  const host = (lost: number): Host => ({
    ways: { same: { tap0: [['br0'], ['eth0']] } },
    counts: { 'bridge br0': [1000, lost], 'nic_hardware eth0': [1000, lost], 'tap tap0': [1000, 0] },
  });
  holds(
    { a: host(500), b: host(0), c: host(200) },
    lossOf({
      ...{
        'instance="a",vm="same"': 0.75,
        'instance="b",vm="same"': 0,
        'instance="c",vm="same"': 1 - 0.8 * 0.8,
      },
    }),
  );
});

describe('a VM with two taps', () => {
  const twoTaps = (capture: Count, management: Count): Host => ({
    ways: { one: { tap0: [['br0']], tap1: [['br1']] } },
    counts: {
      ...{ 'bridge br0': [1000, 500], 'tap tap0': capture },
      ...{ 'bridge br1': [100_000, 0], 'tap tap1': management },
    },
  });

  test('has the loss of each by what was meant for it, whatever its bridges carry for others', () => {
    holds({ a: twoTaps([500, 0], [100, 0]) }, lossOf({ 'instance="a",vm="one"': 500 / 1100 }));
  });

  test('on one bridge, each at another distance, has the loss of that bridge once', () => {
    holds(
      {
        a: {
          ways: { one: { tap0: [['vmbr0']], tap1: [['fwbr'], ['fwln'], ['fwpr>'], ['vmbr0']] } },
          counts: { 'bridge vmbr0': [1000, 100], 'tap tap0': [450, 0], 'tap tap1': [450, 0] },
        },
      },
      lossOf({ 'instance="a",vm="one"': 0.1 }),
    );
  });
});

test('what a bridge drops to the last packet is a loss of one', () => {
  holds(
    { a: { ways: { one: { tap0: [['br0']] } }, counts: { 'bridge br0': [1000, 1000], 'tap tap0': [0, 0] } } },
    lossOf({ 'instance="a",vm="one"': 1 }),
  );
});

test('a tap in another namespace is not taken for a device of that name here', () => {
  const host: Host = {
    ways: { pod: { tap0: [[]] } },
    counts: { 'tap tap0': [900, 100] },
  };
  const series = seriesOf('a', host);
  const here = { instance: 'a', stage: 'qdisc', device: 'tap0', direction: 'transmit' };
  series[selector('trapline_path_packets_total', here)] = counter([{ steps: LENGTH, perSecond: 10 }]);
  series[selector('trapline_path_drops_total', here)] = counter([{ steps: LENGTH, perSecond: 90 }]);
  expect(Object.keys(series)).toHaveLength(5);
  runRuleCases([
    {
      name: 'elsewhere',
      series,
      answers: [
        lossOf({ 'instance="a",vm="pod"': 0.1 }),
        lossOf({ 'instance="a",vm="pod",stage="tap"': 0.1 }, stageLoss),
      ],
    },
  ]);
});
