import { describe, expect, test } from 'vitest';
import type { LiveSample, LiveStage } from '../../../../exporter/src/live/protocol';
import { framesOf } from './frames';
import { historyOf } from './history';
import { sample, seconds, socket, vm } from './samples.testing';
import type { About } from './subjects';

const series = (samples: LiveSample[], query: string, about: About) =>
  framesOf(historyOf(samples).growths, about)
    .filter(({ refId }) => refId === query)
    .map(({ fields }) => ({ labels: fields[1]!.labels, values: fields[1]!.values }));

describe('frames', () => {
  const a = { vms: ['a'] };
  const timed = [
    sample(0, [vm(0, { seconds: seconds(0, 0), exits: { io: 0 } })]),
    sample(1000, [vm(1000, { drops: 1000, seconds: seconds(0.1, 0.1), exits: { io: 10 } })]),
    sample(3000, [vm(5000, { drops: 1000, seconds: seconds(0.3, 0.3), exits: { io: 50 } })]),
    sample(4000, []),
    sample(5000, [vm(7, { seconds: seconds(0, 0), exits: { io: 0 } })]),
  ];

  test('carry a value per pair of samples and null in gaps', () => {
    expect(series(timed, 'throughput', a)).toEqual([
      { labels: { vm: 'a' }, values: [1000, 2000, null, null] },
    ]);
    expect(series(timed, 'loss', a)[0]!.values).toEqual([0.5, 0, null, null]);
    expect(series(timed, 'cost', a)[0]!.values).toEqual([0.2, (0.3 - 0.1 + (0.3 - 0.1)) / 2, null, null]);
    expect(series(timed, 'exits', a)).toEqual([
      { labels: { vm: 'a', class: 'io' }, values: [10, 20, null, null] },
    ]);
    expect(framesOf(historyOf(timed).growths, a)[0]!.fields[0]!.values).toEqual([1000, 3000, 4000, 5000]);
  });

  test('count exits that reached the VMM where no others are seen', () => {
    const untimed = [
      sample(0, [vm(0, { userspaceExits: 0 })]),
      sample(1000, [vm(10, { userspaceExits: 5 })]),
    ];
    expect(series(untimed, 'cost', a)).toEqual([]);
    expect(series(untimed, 'exits', a)).toEqual([{ labels: { vm: 'a' }, values: [5] }]);
  });

  test('share what the host does for all VMs by the packets of their taps, among those whose exits are timed', () => {
    const host = (part: number): Partial<LiveSample> => ({
      nics: [{ device: 'eth0', interruptSeconds: part }],
      softirqs: { net_rx: { seconds: 3 * part }, net_tx: { seconds: part } },
    });
    const two = (packets: number, vhost: number) => [
      vm(3 * packets, { seconds: seconds(vhost, 2 * vhost), vhost: { running: vhost, runqueue: 9 } }),
      vm(packets, { vm: 'b' }),
    ];
    const samples = [sample(0, two(0, 0), host(0)), sample(2000, two(100, 0.25), host(0.5))];
    const payers = series(samples, 'payer', { vms: ['a', 'b'] }).map(({ labels, values }) => [
      labels!['vm'],
      labels!['payer'],
      values[0],
    ]);
    expect(payers).toEqual([
      ['a', 'exit_kernel', 0.125],
      ['a', 'exit_vmm', 0.25],
      ['a', 'vhost', 0.125],
      ['a', 'interrupt', 0.1875],
      ['a', 'softirq', 0.75],
    ]);
  });

  test('count a CPU for each vCPU, whose states fill the time, and one for each tap', () => {
    const two = (n: number) => ({
      guest: 3 * n,
      kernel: 0.2 * n,
      vmm: 0.1 * n,
      runqueue: 0.3 * n,
      blocked: 0.4 * n,
    });
    const at = (n: number) => sample(n * 1000, [vm(n, { taps: 1, seconds: two(n / 2) }), vm(n, { vm: 'b' })]);
    expect(series([at(0), at(4)], 'cores', { vms: ['a', 'b'] })).toEqual([
      { labels: { vm: 'a' }, values: [3] },
    ]);
  });

  test('tell the stages of a host, hardware losses not carried twice', () => {
    const path = (n: number) => [
      { stage: 'nic_driver', device: 'eth0', packets: 90 * n, rxDropped: n },
      { stage: 'nic_hardware', device: 'eth0', packets: 100 * n, drops: 10 * n },
      { stage: 'nic_hardware', device: 'eth1', drops: 5 * n },
    ];
    const samples = [
      sample(0, [vm(0)], { path: path(0), captures: [socket(0, 0)] }),
      sample(2000, [vm(50, { drops: 6 })], { path: path(2), captures: [socket(9, 9)] }),
    ];
    const at = (stage: string, device: string, of = '') => ({ vm: of, stage, device });
    expect(series(samples, 'carried', a)).toEqual([
      { labels: at('nic_hardware', 'eth0'), values: [90] },
      { labels: at('nic_driver', 'eth0'), values: [90] },
      { labels: at('tap', '', 'a'), values: [25] },
    ]);
    expect(series(samples, 'dropped', a)).toEqual([
      { labels: at('nic_hardware', 'eth0'), values: [10] },
      { labels: at('nic_hardware', 'eth1'), values: [5] },
      { labels: at('tap', '', 'a'), values: [3] },
    ]);
  });

  test('tell what is lost on the way to each VM, at bridges only by the ports that are on it', () => {
    const path = (n: number): LiveStage[] => [
      {
        stage: 'bridge',
        device: 'vmbr0',
        packets: 100 * n,
        drops: 60 * n,
        ports: { '': n, fwpr1: 2 * n, fwpr2: 53 * n, eth0: 4 * n },
      },
      { stage: 'bridge', device: 'other', packets: 9 * n, drops: 9 * n, ports: {} },
      { stage: 'nic_hardware', device: 'eth0', packets: 110 * n, drops: 10 * n },
    ];
    const hop = (hop: number, device: string, next: string, of = 'a') => ({ vm: of, device, hop, next });
    const hops = [
      ...[hop(3, 'fwpr1', 'fwln1'), hop(4, 'vmbr0', 'fwpr1'), hop(5, 'eth0', 'vmbr0')],
      ...[hop(4, 'vmbr0', 'fwpr2', 'b'), hop(5, 'eth0', 'vmbr0', 'b')],
    ];
    const samples = [sample(0, [vm(0)], { path: path(0) }), sample(1000, [vm(40)], { path: path(1) })];
    const frames = framesOf(historyOf(samples).growths, a, hops);
    const lost = frames
      .filter(({ refId }) => refId === 'dropped')
      .map(({ fields }) => [
        fields[1]!.labels!['vm'],
        fields[1]!.labels!['stage'],
        fields[1]!.labels!['hop'],
        fields[1]!.values[0],
      ]);
    expect(lost).toEqual([
      ['', 'nic_hardware', undefined, 10],
      ['a', 'nic_hardware', '5', 10],
      ['', 'bridge', undefined, 60],
      ['', 'bridge', undefined, 9],
      ['a', 'bridge', '4', 7],
      ['a', 'tap', undefined, 0],
    ]);
  });

  test('tell what was dropped before the tap of a VM, and count it as its loss', () => {
    const before = (n: number) => ({ drops: 0, queueDrops: n, filterDrops: n });
    const samples = [sample(0, [vm(0, before(0))]), sample(1000, [vm(80, before(10))])];
    const at = (stage: string) => ({ vm: 'a', stage, device: '' });
    expect(series(samples, 'carried', a)).toEqual([
      { labels: at('tc'), values: [90] },
      { labels: at('qdisc'), values: [80] },
      { labels: at('tap'), values: [80] },
    ]);
    expect(series(samples, 'dropped', a)).toEqual([
      { labels: at('tc'), values: [10] },
      { labels: at('qdisc'), values: [10] },
      { labels: at('tap'), values: [0] },
    ]);
    expect(series(samples, 'loss', a)).toEqual([{ labels: { vm: 'a' }, values: [0.2] }]);
  });

  test('tell of a machine that captures by itself', () => {
    const cpu = (n: number) => ({ polling: n, bridging: n, copy: 2 * n, capture: 4 * n, other: 9 * n });
    const inside = (t: number, n: number) =>
      sample(t, [], {
        cpu: cpu(n),
        captures: [socket(30 * n, 10 * n)],
        path: [{ stage: 'guest_nic', device: 'eth0', packets: 50 * n, rxDropped: n }],
      });
    const samples = [inside(0, 0), inside(1000, 0.5)];
    const sensor = { machine: 'sensor' };
    expect(series(samples, 'throughput', sensor)).toEqual([{ labels: { vm: 'sensor' }, values: [15] }]);
    expect(series(samples, 'loss', sensor)[0]!.values).toEqual([0.25]);
    expect(series(samples, 'cost', sensor)[0]!.values).toEqual([4]);
    expect(
      series(samples, 'payer', sensor).map(({ labels, values }) => [labels!['payer'], values[0]]),
    ).toEqual([
      ['softirq', 1],
      ['capture', 3],
    ]);
    expect(
      series(samples, 'carried', sensor).map(({ labels, values }) => [labels!['stage'], values[0]]),
    ).toEqual([
      ['guest_nic', 25],
      ['socket', 15],
    ]);
  });

  test('of nothing are none', () => {
    expect(framesOf([], { vms: [] })).toEqual([]);
  });
});
