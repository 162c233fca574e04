import { describe, expect, it, vi } from 'vitest';
import { atOnce } from '../breath.js';
import { catalogue } from '../collectors/catalogue.js';
import type { RunningCollector } from '../collectors/module.js';
import type { Verdict } from '../collectors/verdicts.js';
import type { Sink } from '../exposition/index.js';
import { Draft, MOST } from './draft.js';
import { folds } from './folds.js';
import { LiveView, type LiveSources } from './live_view.js';

const metrics = new Map(catalogue.flatMap(({ metrics }) => metrics).map((metric) => [metric.name, metric]));

/** One series: the metric without its prefix, its labels, its value. */
type Series = readonly [name: string, labels: Readonly<Record<string, string>>, value: number];

/** A collector that says this. */
function collector(series: readonly Series[], more: Partial<RunningCollector> = {}): RunningCollector {
  const collect = (sink: Sink): void => {
    for (const [name, labels, value] of series) {
      const metric = metrics.get(`trapline_${name}`)!;
      sink.sample(
        metric,
        metric.labels.map((label) => labels[label] ?? ''),
        value,
      );
    }
  };
  return { name: 'test', help: '', metrics: [], collect, ...more };
}

function take(collectors: readonly RunningCollector[], more: Partial<LiveSources> = {}) {
  const view = new LiveView({
    collectors,
    vms: () => ['web'],
    programs: () => [],
    role: () => 'host',
    version: '1',
    ...more,
  });
  const { sample, machine } = atOnce(view.pieces());
  const { t, own, ...rest } = sample;
  expect(t * own.cpu * own.bytes).toBeGreaterThan(0);
  return { sample: rest, machine };
}

const sampleOf = (...series: Series[]) => take([collector(series)]).sample;
const empty = { path: [], nics: [], captures: [] };

describe('a sample', () => {
  it('is made of metrics that exist, by labels that they have', () => {
    for (const [name, fold] of Object.entries(folds)) {
      const metric = metrics.get(name);
      expect(metric, name).toBeDefined();
      const label = (wanted: string): string => {
        expect(metric!.labels, `${name} has the label ${wanted}`).toContain(wanted);
        return wanted === 'direction' ? 'receive' : 'x';
      };
      fold(new Draft(['x']), 1, label);
    }
  });

  it('has what went towards each guest, summed over its taps', () => {
    const tap = (device: string, direction: string) => ({ stage: 'tap', device, vm: 'web', direction });
    expect(
      sampleOf(
        ['path_packets_total', tap('tap0', 'transmit'), 40],
        ['path_packets_total', tap('tap0', 'receive'), 9],
        ['path_packets_total', tap('tap1', 'transmit'), 2],
        ['path_drops_total', tap('tap0', 'transmit'), 7],
        ['path_packets_total', { ...tap('tap2', 'transmit'), vm: '' }, 1],
      ),
    ).toEqual({ ...empty, vms: [{ vm: 'web', packets: 42, taps: 2, drops: 7 }] });
  });

  it('has the devices between a VM and the wire, and what their queues and filters do on the way', () => {
    const hop = (hop: string, device: string, next: string, direction = 'receive') =>
      ['path_hop_info', { vm: 'web', tap: 'tap0', hop, kind: 'x', device, direction, next }, 1] as const;
    const sent = (device: string) => ({ stage: 'qdisc', device, vm: '', direction: 'transmit' });
    const { sample, machine } = take([
      collector([
        ...[
          ['path_packets_total', sent('fwpr0'), 8] as const,
          ['path_packets_total', sent('eth0'), 9] as const,
        ],
        ['path_drops_total', sent('fwpr0'), 2],
        ['bridge_drops_total', { device: 'vmbr0' }, 5],
        ['bridge_drop_reasons_total', { device: 'vmbr0', port: 'fwpr0', reason: 'PKT_TOO_BIG' }, 3],
        ['bridge_drop_reasons_total', { device: 'vmbr0', port: 'fwpr0', reason: 'VLAN_FILTER' }, 2],
        ...[
          hop('0', 'tap0', '', 'transmit'),
          hop('3', 'fwpr0', 'fwln0', 'transmit'),
          hop('4', 'vmbr0', 'fwpr0'),
        ],
        ...[hop('2', 'vmbr0', 'tap1'), hop('5', '', 'vmbr0')],
      ]),
    ]);
    expect(machine.hops).toEqual([
      { vm: 'web', device: 'fwpr0', hop: 3, next: 'fwln0' },
      { vm: 'web', device: 'vmbr0', hop: 2, next: 'tap1' },
    ]);
    expect(sample.path).toEqual([
      { stage: 'bridge', device: 'vmbr0', drops: 5, ports: { fwpr0: 5 } },
      { stage: 'qdisc', device: 'fwpr0', packets: 8, drops: 2 },
    ]);
  });

  it('has what queues and filters dropped before the taps of a guest, and no queue of the machine', () => {
    const at = (stage: string, vm: string, direction: string) => ({ stage, device: `d${vm}`, vm, direction });
    expect(
      sampleOf(
        ['path_packets_total', at('qdisc', 'web', 'transmit'), 40],
        ['path_drops_total', at('qdisc', 'web', 'transmit'), 7],
        ['path_drops_total', at('tc', 'web', 'transmit'), 5],
        ['path_drops_total', at('tc', 'web', 'receive'), 1],
        ['path_drops_total', at('qdisc', '', 'transmit'), 2],
        ['path_drops_total', at('tc', '', 'receive'), 3],
      ),
    ).toEqual({
      ...empty,
      vms: [{ vm: 'web', queueDrops: 7, filterDrops: 5 }],
      path: [{ stage: 'tc', device: 'd', drops: 3 }],
    });
  });

  it('adds up exits by class and their time by state', () => {
    const exit = (name: string, state = '') => ({ vm: 'web', class: name, reason: `${name}${state}`, state });
    expect(
      sampleOf(
        ['vm_exits_total', { ...exit('io'), reason: 'in' }, 3],
        ['vm_exits_total', { ...exit('io'), reason: 'out' }, 4],
        ['vm_exits_total', exit('msr'), 5],
        ['vm_exit_seconds_total', exit('io', 'kernel'), 0.1],
        ['vm_exit_seconds_total', exit('msr', 'kernel'), 0.2],
        ['vm_exit_seconds_total', exit('io', 'runqueue'), 1],
        ['vm_guest_seconds_total', { vm: 'web' }, 9],
        ['vm_userspace_exits_total', exit('io'), 3],
        ['virtio_kicks_total', { vm: 'web', path: 'ioeventfd' }, 5],
        ['virtio_kicks_total', { vm: 'web', path: 'vmm' }, 1],
        ['virtio_injections_total', { vm: 'web', path: 'fast' }, 8],
        ['vhost_seconds_total', { vm: 'web', state: 'running' }, 0.5],
      ).vms,
    ).toEqual([
      {
        vm: 'web',
        exits: { io: 7, msr: 5 },
        seconds: { guest: 9, kernel: 0.3, vmm: 0, runqueue: 1, blocked: 0 },
        userspaceExits: 3,
        kicks: 6,
        injections: 8,
        vhost: { running: 0.5, runqueue: 0 },
      },
    ]);
  });

  it('has no time of a guest that KVM emulates throughout', () => {
    expect(
      sampleOf(
        ['vm_guest_seconds_total', { vm: 'web' }, 0],
        ['vm_userspace_exits_total', { vm: 'web', class: 'io', reason: 'io' }, 3],
      ).vms,
    ).toEqual([{ vm: 'web', userspaceExits: 3 }]);
  });

  it('leaves out VMs that have ended', () => {
    expect(sampleOf(['virtio_kicks_total', { vm: 'gone', path: 'vmm' }, 1]).vms).toEqual([{ vm: 'web' }]);
  });

  it('joins what is said of a NIC', () => {
    const eth0 = { device: 'eth0', direction: 'receive' };
    const { path, nics } = sampleOf(
      ['path_packets_total', { ...eth0, stage: 'nic_driver' }, 10],
      ['path_rx_dropped_total', { device: 'eth0', stage: 'nic_driver', vm: '' }, 1],
      ['path_rx_dropped_total', { device: 'tap0', stage: 'tap', vm: 'web' }, 8],
      ['path_drops_total', { ...eth0, stage: 'nic_hardware' }, 2],
      ['path_packets_total', { ...eth0, stage: 'nic_driver', direction: 'transmit' }, 99],
      ['nic_interrupts_total', { device: 'eth0', queue: 'rx-0' }, 4],
      ['nic_interrupts_total', { device: 'eth0', queue: 'rx-1' }, 5],
      ['nic_interrupt_seconds_total', { device: 'eth0', queue: 'rx-1' }, 0.5],
      ['napi_polls_total', { device: 'eth0' }, 6],
      ['napi_packets_total', { device: 'eth0' }, 7],
      ['napi_budget_exhausted_total', { device: 'eth0' }, 1],
      ['virtqueue_kicks_total', { device: 'eth0', queue: 'input.0' }, 2],
    );
    expect(path).toEqual([
      { stage: 'nic_driver', device: 'eth0', packets: 10, rxDropped: 1 },
      { stage: 'nic_hardware', device: 'eth0', drops: 2 },
    ]);
    expect(nics).toEqual([
      { device: 'eth0', interrupts: 9, interruptSeconds: 0.5, polls: 6, polled: 7, exhausted: 1, kicks: 2 },
    ]);
  });

  it('has sockets, CPUs, softirqs and reasons', () => {
    const ids = { process: 'ids', device: 'eth0', method: 'v3' };
    expect(
      sampleOf(
        ['capture_packets_total', ids, 10],
        ['capture_drops_total', ids, 2],
        ['capture_ring_frozen_total', ids, 1],
        ['capture_ring_bytes', ids, 4096],
        ['capture_sockets', ids, 1],
        ['cpu_seconds_total', { activity: 'guest' }, 1],
        ['cpu_seconds_total', { activity: 'guest', vm: 'web' }, 2],
        ['softirq_seconds_total', { vector: 'net_rx' }, 0.25],
        ['softnet_squeezed_total', {}, 3],
        ['drop_reasons_total', { reason: 'NO_SOCKET' }, 5],
      ),
    ).toEqual({
      vms: [{ vm: 'web' }],
      path: [],
      nics: [],
      captures: [{ ...ids, delivered: 10, drops: 2, frozen: 1, ringBytes: 4096, sockets: 1 }],
      cpu: { guest: 3 },
      softirqs: { net_rx: { seconds: 0.25 } },
      squeezed: 3,
      dropReasons: { NO_SOCKET: 5 },
    });
  });

  it('tells two processes of one name apart by their containers', () => {
    const ids = { process: 'ids', device: 'eth0', method: 'v3' };
    const { captures } = sampleOf(
      ['capture_packets_total', { ...ids, container: 'c1' }, 10],
      ['capture_packets_total', { ...ids, container: 'c2' }, 20],
      ['capture_packets_total', { ...ids, container: '' }, 30],
    );
    const none = { sockets: 0, ringBytes: 0 };
    expect(captures).toEqual([
      { ...ids, container: 'c1', delivered: 10, ...none },
      { ...ids, container: 'c2', delivered: 20, ...none },
      { ...ids, delivered: 30, ...none },
    ]);
  });

  it('has no numbers of sockets whose counts are withheld', () => {
    const ids = { process: 'ids', device: 'eth0', method: 'v3' };
    const { captures } = sampleOf(['capture_ring_bytes', ids, 4096], ['capture_sockets', ids, 1]);
    expect(captures).toEqual([{ ...ids, ringBytes: 4096, sockets: 1 }]);
  });

  it('is of the moment at which the exits were read', () => {
    vi.useFakeTimers({ now: 0 });
    const slow = (name: string) => collector([], { name, collect: () => void vi.advanceTimersByTime(1000) });
    const sources = [slow('path'), slow('vm_exit'), slow('capture')];
    const view = new LiveView({
      collectors: sources,
      vms: () => [],
      programs: () => [],
      role: () => 'host',
      version: '1',
    });
    expect(atOnce(view.pieces()).sample.t).toBe(1000);
    vi.useRealTimers();
  });

  it('keeps those that carried most, and says how many are left out', () => {
    const names = Array.from({ length: MOST.vms + 2 }, (_, i) => `vm${i}`);
    const tap = (vm: string) => ({ stage: 'tap', device: vm, vm, direction: 'transmit' });
    const said = collector(names.map((vm, i) => ['path_packets_total', tap(vm), i] as const));
    const { sample } = take([said], { vms: () => names });
    expect(sample.left).toEqual({ vms: 2 });
    expect(sample.vms).toHaveLength(MOST.vms);
    expect(sample.vms[0]!.vm).toBe(`vm${MOST.vms + 1}`);
    expect(sample.vms.map(({ vm }) => vm)).not.toContain('vm1');
  });

  it('stays small at its bounds', () => {
    const vms = Array.from({ length: MOST.vms }, (_, i) => `vm-${i}`);
    const classes = [
      'io',
      'mmio',
      'halt',
      'interrupt',
      'cpuid',
      'msr',
      'page_fault',
      'hypercall',
      'pause',
      'other',
    ];
    const all = vms.flatMap((vm): Series[] => [
      ['path_packets_total', { stage: 'tap', device: vm, vm, direction: 'transmit' }, 1e10],
      ['path_drops_total', { stage: 'tap', device: vm, vm, direction: 'transmit' }, 1e8],
      ...classes.map((name): Series => ['vm_exits_total', { vm, class: name }, 1e10]),
      ...['kernel', 'vmm', 'runqueue', 'blocked'].map((state): Series => [
        'vm_exit_seconds_total',
        { vm, class: 'io', state },
        123456.123456789,
      ]),
      ['vm_guest_seconds_total', { vm }, 123456.123456789],
      ['vm_userspace_exits_total', { vm }, 1e10],
      ['virtio_kicks_total', { vm }, 1e10],
      ['virtio_injections_total', { vm }, 1e10],
      ['vhost_seconds_total', { vm, state: 'running' }, 123456.123456789],
    ]);
    const { sample } = take([collector(all)], { vms: () => vms });
    expect(JSON.stringify(sample).length / vms.length).toBeLessThan(600);
  });
});

describe('what is told of the machine', () => {
  const verdict = (program: string, more: Partial<Verdict>): Verdict => ({
    collector: 'virtio',
    sees: 'kicks',
    program,
    hook: `fexit/${program}`,
    verdict: 'ok',
    reason: '',
    absent: [],
    remedy: '',
    ...more,
  });

  it('groups programs that are not attached by reason', () => {
    const refused = { verdict: 'fails', reason: 'no', remedy: 'Do this.' } as const;
    const programs = [
      verdict('a', {}),
      verdict('b', { ...refused, absent: ['x_total', 'y_total'] }),
      verdict('c', { ...refused, absent: ['y_total', 'z_total'] }),
      verdict('d', { ...refused, collector: 'capture', reason: 'x'.repeat(1000) }),
      verdict('e', { verdict: 'waits', reason: 'waits for kvm' }),
    ];
    const { attached, missing } = take([], { programs: () => programs }).machine;
    expect(attached).toBe(1);
    expect(missing).toEqual([
      {
        ...{ collector: 'virtio', sees: 'kicks', programs: ['b', 'c'], ...refused },
        absent: ['x_total', 'y_total', 'z_total'],
      },
      {
        ...{ collector: 'capture', sees: 'kicks', programs: ['d'], ...refused },
        ...{ absent: [], reason: 'x'.repeat(300) },
      },
      {
        collector: 'virtio',
        sees: 'kicks',
        programs: ['e'],
        verdict: 'waits',
        reason: 'waits for kvm',
        absent: [],
        remedy: '',
      },
    ]);
  });

  it('names what passes by, what was lost, and a collector that fails without taking the others with it', () => {
    const broken = collector([], {
      name: 'broken',
      collect: () => {
        throw new Error('no file');
      },
    });
    const seeing = collector(
      [['path_invisible', { vm: 'web', device: '0000:01:00.0', reason: 'sriov' }, 1]],
      {
        name: 'seeing',
        lost: () => ({ table_full: 2, unused: 0 }),
      },
    );
    const { unseen, lost, failing } = take([broken, seeing]).machine;
    expect(unseen).toEqual([{ vm: 'web', device: '0000:01:00.0', reason: 'sriov' }]);
    expect(lost).toEqual([{ collector: 'seeing', cause: 'table_full', events: 2 }]);
    expect(failing).toEqual([{ collector: 'broken', error: 'Error: no file' }]);
  });
});
