import { add, noSeconds, type Draft } from './draft.js';
import type { LiveCapture, LiveNic, LiveSeconds, LiveVm } from './protocol.js';

/** The value of a label of the series at hand. */
type Label = (name: string) => string;

/** Adds one series of a metric to the sample in the making. */
export type Fold = (draft: Draft, value: number, label: Label) => void;

/** The part of /metrics that the page shows, by metric. Everything else of a scrape is passed over. */
export const folds: Readonly<Record<string, Fold>> = {
  trapline_path_packets_total: (draft, value, label) => {
    towardsCapture('packets')(draft, value, label);
    if (label('stage') === 'tap' && label('direction') === 'transmit') add(draft.vm(label('vm')), 'taps', 1);
  },
  trapline_path_drops_total: towardsCapture('drops'),
  trapline_path_rx_dropped_total: (draft, value, label) => {
    if (label('stage') !== 'tap') add(draft.stage(label('stage'), label('device')), 'rxDropped', value);
  },
  trapline_path_invisible: (draft, _, label) => draft.unseen(label('vm'), label('device'), label('reason')),
  trapline_bridge_drops_total: (draft, value, label) => {
    const bridge = draft.stage('bridge', label('device'));
    bridge.ports ??= byPort();
    add(bridge, 'drops', value);
  },
  trapline_bridge_drop_reasons_total: (draft, value, label) =>
    add((draft.stage('bridge', label('device')).ports ??= byPort()), label('port'), value),
  trapline_path_hop_info: (draft, _, label) => {
    const outwards = label('direction') === 'transmit';
    draft.hop(label('vm'), label('device'), Number(label('hop')), label('next'), outwards);
  },
  trapline_softnet_squeezed_total: (draft, value) => (draft.squeezed = value),
  trapline_drop_reasons_total: (draft, value, label) => add(draft.dropReasons, label('reason'), value),

  trapline_vm_exits_total: (draft, value, label) =>
    add((draft.vm(label('vm')).exits ??= {}), label('class'), value),
  trapline_vm_exit_seconds_total: (draft, value, label) =>
    add((draft.vm(label('vm')).seconds ??= noSeconds()), label('state') as keyof LiveSeconds, value),
  trapline_vm_guest_seconds_total: (draft, value, label) =>
    add((draft.vm(label('vm')).seconds ??= noSeconds()), 'guest', value),
  trapline_vm_userspace_exits_total: ofVm('userspaceExits'),
  trapline_virtio_kicks_total: ofVm('kicks'),
  trapline_virtio_injections_total: ofVm('injections'),
  trapline_vhost_seconds_total: (draft, value, label) => {
    const vm = draft.vm(label('vm'));
    add((vm.vhost ??= { running: 0, runqueue: 0 }), label('state') as 'running' | 'runqueue', value);
  },

  trapline_nic_interrupts_total: ofNic('interrupts'),
  trapline_nic_interrupt_seconds_total: ofNic('interruptSeconds'),
  trapline_napi_polls_total: ofNic('polls'),
  trapline_napi_packets_total: ofNic('polled'),
  trapline_napi_budget_exhausted_total: ofNic('exhausted'),
  trapline_virtqueue_kicks_total: ofNic('kicks'),
  trapline_softirq_seconds_total: (draft, value, label) =>
    add(draft.softirq(label('vector')), 'seconds', value),
  trapline_program_cost_ratio: (draft, value) => (draft.programs = value),
  trapline_cpu_seconds_total: (draft, value, label) => add(draft.cpu, label('activity'), value),

  trapline_capture_packets_total: ofCapture('delivered'),
  trapline_capture_drops_total: ofCapture('drops'),
  trapline_capture_ring_frozen_total: ofCapture('frozen'),
  trapline_capture_ring_bytes: ofCapture('ringBytes'),
  trapline_capture_sockets: ofCapture('sockets'),
};

/** A port may have any name, `__proto__` too. */
const byPort = (): Record<string, number> => Object.create(null) as Record<string, number>;

/** What the filters and the queue of a tap dropped; what they carried is what came to the tap. */
const BEFORE_TAP: Readonly<Record<string, 'queueDrops' | 'filterDrops'>> = {
  qdisc: 'queueDrops',
  tc: 'filterDrops',
};

/** A stage counts two ways: the one towards the capture is shown. A tap transmits towards its guest. */
function towardsCapture(field: 'packets' | 'drops'): Fold {
  return (draft, value, label) => {
    const [stage, vm] = [label('stage'), label('vm')];
    const before = BEFORE_TAP[stage];
    const ofTap = stage === 'tap' || (before !== undefined && vm !== '');
    if (before !== undefined && vm === '' && label('direction') === 'transmit')
      add(draft.sent(stage, label('device')), field, value);
    if (label('direction') !== (ofTap ? 'transmit' : 'receive')) return;
    if (!ofTap) add(draft.stage(stage, label('device')), field, value);
    else if (!before) add(draft.vm(vm), field, value);
    else if (field === 'drops') add(draft.vm(vm), before, value);
  };
}

function ofVm(field: keyof LiveVm & ('userspaceExits' | 'kicks' | 'injections')): Fold {
  return (draft, value, label) => add(draft.vm(label('vm')), field, value);
}

function ofNic(field: Exclude<keyof LiveNic, 'device'>): Fold {
  return (draft, value, label) => add(draft.nic(label('device')), field, value);
}

function ofCapture(field: Exclude<keyof LiveCapture, 'process' | 'container' | 'device' | 'method'>): Fold {
  return (draft, value, label) =>
    add(draft.capture(label('process'), label('container'), label('device'), label('method')), field, value);
}
