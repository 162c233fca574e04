/**
 * Machines that do not exist, with figures that can be reckoned by hand. Of a counter, a value is its rise per second.
 * Times are binary fractions, so that their sums are exact.
 */

/** The labels of one series, and its value. */
export type Series = readonly [labels: Record<string, string>, value: number];

/** A histogram whose events all last the same. */
export interface Distribution {
  labels: Record<string, string>;
  /** Events per second. */
  events: number;
  /** Of each, in the unit of the metric. */
  size: number;
}

export interface Machine {
  series: Readonly<Record<string, readonly Series[]>>;
  distributions: Readonly<Record<string, readonly Distribution[]>>;
}

/** Exits of a VM per second, each of 24 µs. */
const EXITS = 18_000;
const EXIT_SECONDS = 24e-6;

const uuidOf = (vm: string) => `uuid-of-${vm}`;
const path = (stage: string, device: string, direction = 'receive', vm = '') => ({
  stage,
  device,
  vm,
  direction,
});

/** The way to the tap of a VM, from the tap outwards. */
const way = (vm: string, tap: string): Series[] =>
  [
    { kind: 'tap', device: tap, direction: 'transmit', next: '' },
    { kind: 'bridge', device: 'br0', direction: 'receive', next: tap },
    { kind: 'nic', device: 'eth0', direction: 'receive', next: 'br0' },
  ].map((place, hop) => [{ vm, tap, hop: `${hop}`, ...place }, 1]);

/** Half of the packets: captures got them, and no protocol wanted them. */
const inRxDropped = (stage: string, device: string, vm = '') => ({ stage, device, vm });

/**
 * A host whose NIC brings 40 000 packets/s and loses 400 more, with these VMs. Each has two vCPUs and two taps; both taps
 * lose a tenth of 20 000 packets/s.
 */
export function hostWith(vms: readonly string[]): Machine {
  const machines = [hostAlone, ...vms.map(onHost)];
  return {
    series: united(machines.map((m) => m.series)),
    distributions: united(machines.map((m) => m.distributions)),
  };
}

/** What an experiment on the host measures meanwhile. */
const CELL_OF_EXPERIMENT = {
  cell: 'guest-v3-null-single-64-r2',
  platform: 'guest',
  method: 'v3',
  monitor: 'null',
  flows: 'single',
  size: '64',
};

const hostAlone: Machine = {
  series: {
    trapline_machine_info: [[{ role: 'host', uuid: 'uuid-of-host' }, 1]],
    trapline_path_packets_total: [
      [path('nic_hardware', 'eth0'), 40_400],
      [path('nic_driver', 'eth0'), 40_000],
      [path('nic_driver', 'eth0', 'transmit'), 10],
      [path('softnet', ''), 80_000],
      [path('bridge', 'br0'), 100],
      [path('bridge', 'br0', 'transmit'), 5],
    ],
    trapline_path_bytes_total: [[path('nic_driver', 'eth0'), 40_000 * 256]],
    trapline_path_drops_total: [
      [path('nic_hardware', 'eth0'), 400],
      [path('nic_driver', 'eth0', 'transmit'), 0],
      [path('softnet', ''), 0],
      [path('bridge', 'br0', 'transmit'), 0],
    ],
    trapline_path_rx_dropped_total: [
      [inRxDropped('nic_driver', 'eth0'), 20_000],
      [inRxDropped('bridge', 'br0'), 50],
    ],
    trapline_bridge_drops_total: [[{ device: 'br0' }, 4]],
    trapline_bridge_drop_reasons_total: [[{ device: 'br0', port: 'eth0', reason: 'NETFILTER_DROP' }, 4]],
    trapline_path_invisible: [[{ vm: '', device: 'eth1', reason: 'sriov' }, 1]],
    trapline_softnet_squeezed_total: [[{}, 3]],
    trapline_softnet_drops_total: [[{ cpu: '1' }, 0]],
    trapline_drop_reasons_total: [[{ reason: 'FULL_RING' }, 4_000]],
    trapline_nic_interrupts_total: [[{ device: 'eth0', queue: 'TxRx-0' }, 9_000]],
    trapline_nic_interrupt_seconds_total: [[{ device: 'eth0', queue: 'TxRx-0' }, 0.0625]],
    trapline_softirq_seconds_total: [
      [{ vector: 'net_rx' }, 0.375],
      [{ vector: 'net_tx' }, 0.125],
    ],
    trapline_napi_polls_total: [[{ device: 'eth0' }, 8_000]],
    trapline_napi_packets_total: [[{ device: 'eth0' }, 40_000]],
    trapline_napi_budget_exhausted_total: [[{ device: 'eth0' }, 0]],
    trapline_cpu_seconds_total: [
      [{ activity: 'polling', vm: '' }, 0.5],
      [{ activity: 'idle', vm: '' }, 1.25],
    ],
    trapline_program_attached: [
      [{ collector: 'vm_exit', hook: 'tp_btf/kvm_exit', program: 'on_exit', reason: '' }, 1],
      [{ collector: 'vm_exit', hook: 'tp_btf/kvm_exit', program: 'on_emulate', reason: 'no such event' }, 0],
    ],
    trapline_program_run_seconds_total: [[{ collector: 'vm_exit', program: 'on_exit' }, 0.003]],
    trapline_program_cost_ratio: [[{}, 0.003]],
    trapline_cost_budget_ratio: [[{}, 0.005]],
    trapline_events_lost_total: [[{ collector: 'vm_exit', cause: 'table full' }, 0]],
    trapline_experiment_cell_info: [[CELL_OF_EXPERIMENT, 1]],
    trapline_experiment_cells: [
      [{ state: 'measured' }, 12],
      [{ state: 'planned' }, 96],
    ],
    trapline_experiment_remaining_seconds: [[{}, 5_880]],
    trapline_experiment_offered_packets_total: [[{}, 50_000]],
    trapline_experiment_delivered_packets_total: [[{}, 14_000]],
    trapline_experiment_lost_packets_total: [
      [{ stage: 'tap' }, 30_000],
      [{ stage: 'socket' }, 6_000],
    ],
  },
  distributions: {
    trapline_softirq_latency_seconds: [{ labels: { vector: 'net_rx' }, events: 8_000, size: 3e-6 }],
    trapline_napi_poll_packets: [{ labels: { device: 'eth0' }, events: 8_000, size: 5 }],
  },
};

/** What a VM adds to its host: 0.375 s/s of exit cost and half an exit for each delivered packet. */
function onHost(vm: string): Machine {
  const io = { vm, class: 'io', reason: 'io' };
  const halt = { vm, class: 'halt', reason: 'hlt' };
  const taps = [`tap0-${vm}`, `tap1-${vm}`];
  const towards = (value: number): Series[] => taps.map((tap) => [path('tap', tap, 'transmit', vm), value]);
  return {
    series: {
      trapline_vm_info: [[{ vm, uuid: uuidOf(vm), vmm: 'qemu', pid: '7' }, 1]],
      trapline_path_packets_total: [...towards(18_000), [path('tap', taps[0]!, 'receive', vm), 10]],
      trapline_path_bytes_total: towards(18_000 * 256),
      trapline_path_drops_total: towards(2_000),
      trapline_path_rx_dropped_total: [[inRxDropped('tap', taps[0]!, vm), 7]],
      trapline_path_hop_info: taps.flatMap((tap) => way(vm, tap)),
      trapline_vm_exits_total: [
        [io, (EXITS * 2) / 3],
        [halt, EXITS / 3],
      ],
      trapline_vm_exit_seconds_total: [
        [{ ...io, state: 'kernel' }, 0.25],
        [{ ...io, state: 'vmm' }, 0.125],
        [{ ...io, state: 'runqueue' }, 0.125],
        [{ ...halt, state: 'blocked' }, 0.75],
      ],
      trapline_vm_guest_seconds_total: [[{ vm }, 0.75]],
      trapline_vm_userspace_exits_total: [[io, 3_600]],
      trapline_vm_emulated_instructions_total: [[{ vm }, 900]],
      trapline_virtio_kicks_total: [[{ vm, path: 'ioeventfd' }, 3_240]],
      trapline_virtio_injections_total: [[{ vm, path: 'fast' }, 6_480]],
      trapline_vhost_seconds_total: [
        [{ vm, state: 'running' }, 0.25],
        [{ vm, state: 'runqueue' }, 0.125],
      ],
      trapline_cpu_seconds_total: [[{ activity: 'guest', vm }, 0.75]],
    },
    distributions: {
      trapline_vm_exit_duration_seconds: [{ labels: { vm }, events: EXITS, size: EXIT_SECONDS }],
    },
  };
}

/** The inside of such a VM: its capture loses a tenth of what its cards bring. */
export function insideOf(vm: string): Machine {
  return {
    series: {
      trapline_machine_info: [[{ role: 'guest', uuid: uuidOf(vm) }, 1]],
      trapline_path_packets_total: [
        [path('guest_nic', 'eth0'), 18_000],
        [path('guest_nic', 'eth1'), 18_000],
        [path('guest_softnet', ''), 36_000],
      ],
      trapline_path_drops_total: [[path('guest_softnet', ''), 0]],
      trapline_path_rx_dropped_total: [
        [inRxDropped('guest_nic', 'eth0'), 9_000],
        [inRxDropped('guest_nic', 'eth1'), 9_000],
      ],
      trapline_softnet_squeezed_total: [[{}, 1]],
      trapline_capture_packets_total: [
        [{ process: 'sensor', container: '', device: 'any', method: 'v3' }, 32_400],
      ],
      trapline_capture_drops_total: [
        [{ process: 'sensor', container: '', device: 'any', method: 'v3' }, 3_600],
      ],
      trapline_cpu_seconds_total: [
        [{ activity: 'capture', vm: '' }, 0.25],
        [{ activity: 'idle', vm: '' }, 1.75],
      ],
    },
    distributions: {},
  };
}

function united<T>(parts: readonly Readonly<Record<string, readonly T[]>>[]): Record<string, T[]> {
  const names = new Set(parts.flatMap((part) => Object.keys(part)));
  return Object.fromEntries([...names].map((name) => [name, parts.flatMap((part) => part[name] ?? [])]));
}
