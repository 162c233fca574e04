/** What one captured packet takes: exits, kicks, interrupts, and the time of everyone who works on it. */
import { ofVm } from './guests.js';
import { type RecordingRule, rateBy } from './rule.js';

const cost = 'instance_vm_payer:trapline_cost_seconds:rate1m';
const exitCost = 'instance_vm:trapline_exit_cost_seconds:rate1m';
const share = 'instance_vm:trapline_delivered:share1m';
const guestCpu = 'instance_vm_activity:trapline_guest_cpu_seconds:rate1m';
const injections = 'instance_vm:trapline_injections:rate1m';
const perPacket = (expr: string) => `${expr} / (instance_vm:trapline_captured:rate1m > 0)`;
const perVm = (selector: string) => rateBy('instance, vm', selector);

/** Time that a host spends for all its VMs, by their part of the packets. */
const shared = (selector: string) => `${share} * on (instance) group_left () ${rateBy('instance', selector)}`;

/** Who pays, in the order in which the panel stacks them. */
const payers: readonly (readonly [payer: string, expr: string, help: string])[] = [
  [
    'exit_kernel',
    perVm('trapline_vm_exit_seconds_total{state="kernel"}'),
    'Seconds per second spent on the VM’s packets by KVM, between exit and entry.',
  ],
  [
    'exit_vmm',
    perVm('trapline_vm_exit_seconds_total{state="vmm"}'),
    'The same by the VMM, between exit and entry.',
  ],
  ['vhost', perVm('trapline_vhost_seconds_total{state="running"}'), 'The same by its vhost workers.'],
  [
    'interrupt',
    shared('trapline_nic_interrupt_seconds_total'),
    'The same by the interrupt handlers of the host’s NICs: the VM’s share, by packets.',
  ],
  [
    'softirq',
    shared('trapline_softirq_seconds_total'),
    'The same by the network’s softirqs of the host, with the interrupts that came meanwhile: the VM’s share, by packets.',
  ],
  [
    'capture',
    `sum by (instance, vm) (${guestCpu}{activity="capture"})`,
    'The same by the capture in the VM, where its exporter is scraped.',
  ],
];

export const costRules: readonly RecordingRule[] = [
  {
    record: share,
    expr: 'instance_vm:trapline_delivered:rate1m / on (instance) group_left () (sum by (instance) (instance_vm:trapline_delivered:rate1m) > 0)',
    help: 'The VM’s part of the packets that the taps of its host deliver, 0 to 1.',
  },
  {
    record: guestCpu,
    expr: ofVm(rateBy('instance, activity', 'trapline_cpu_seconds_total{vm=""}')),
    help: 'Seconds per second of the CPUs of a VM by what they are at, as the exporter inside it sees them.',
  },
  ...payers.map(([payer, expr, help]) => ({ record: cost, labels: { payer }, expr, help })),
  {
    record: 'instance_vm_payer:trapline_cost_seconds_per_packet:ratio_rate1m',
    expr: `${cost} / on (instance, vm) group_left () (instance_vm:trapline_captured:rate1m > 0)`,
    help: 'Cost of one captured packet by who pays it, in seconds.',
  },
  {
    record: exitCost,
    expr: perVm('trapline_vm_exit_seconds_total{state=~"kernel|vmm"}'),
    help: 'Exit cost: seconds per second that kernel and VMM spend on exits of the VM. Waiting is not cost.',
  },
  {
    record: 'instance_vm:trapline_exit_cost_seconds_per_delivered:ratio_rate1m',
    expr: `${exitCost} / (instance_vm:trapline_delivered:rate1m > 0)`,
    help: 'Exit cost of one delivered packet, in seconds; it does not depend on what the guest then captures.',
  },
  {
    record: 'instance_vm:trapline_exits_per_packet:ratio_rate1m',
    expr: perPacket(perVm('trapline_vm_exits_total')),
    help: 'VM exits per captured packet.',
  },
  {
    record: 'instance_vm:trapline_userspace_exits_per_packet:ratio_rate1m',
    expr: perPacket(perVm('trapline_vm_userspace_exits_total')),
    help: 'Exits that reached the VMM, per captured packet: near zero where vhost carries the traffic.',
  },
  {
    record: 'instance_vm:trapline_kicks_per_packet:ratio_rate1m',
    expr: perPacket(perVm('trapline_virtio_kicks_total')),
    help: 'Doorbells that the guest rang, per captured packet.',
  },
  {
    record: injections,
    expr: perVm('trapline_virtio_injections_total'),
    help: 'Interrupts given to the guest, per second.',
  },
  {
    record: 'instance_vm:trapline_injections_per_packet:ratio_rate1m',
    expr: perPacket(injections),
    help: 'Interrupts given to the guest, per captured packet.',
  },
  {
    record: 'instance_vm:trapline_interrupts_per_packet:ratio_rate1m',
    expr: perPacket(`(${shared('trapline_nic_interrupts_total')})`),
    help: 'Interrupts of the host’s NICs, the VM’s share, per captured packet.',
  },
];
