/** What each stage of a packet's way carries and loses, towards the capture only. */
import { placed } from './guests.js';
import { type RecordingRule, rateBy } from './rule.js';

const seenPackets = 'instance_stage_device_process:trapline_seen_packets:rate1m';
const seenDrops = 'instance_stage_device_process:trapline_seen_drops:rate1m';
const carried = 'instance_vm_stage_device_process:trapline_carried:rate1m';
const dropped = 'instance_vm_stage_device_process:trapline_dropped:rate1m';
const offered = 'instance_vm_stage_device_process:trapline_offered:rate1m';
const captured = 'instance_vm:trapline_captured:rate1m';
const stageLoss = 'instance_vm_stage:trapline_loss:ratio_rate1m';

/**
 * A tap's *transmit* side is what the host hands to the guest, through its filters and its queue; everywhere else the way
 * to the capture is *receive*.
 */
const towardsGuest = '{stage=~"tc|qdisc|tap",direction="transmit",vm!=""}';
const received = (stages: string) => `{${stages},direction="receive"}`;
const ofMachine = (selector: string) => rateBy('instance, stage, device', selector);
const ofHardware = (metric: string) => rateBy('instance, device', metric + received('stage="nic_hardware"'));
const intoBridges = rateBy('instance, device', `trapline_path_packets_total${received('stage="bridge"')}`);
const droppedByBridges = rateBy('instance, device', 'trapline_bridge_drops_total');
const ofSocket = (metric: string) => rateBy('instance, device, process', metric);
const ofTap = (metric: string) => rateBy('instance, vm, stage, device', metric + towardsGuest);

/** Each machine's own stages, as it sees them itself. */
const seen: readonly RecordingRule[] = [
  {
    record: seenPackets,
    expr: ofMachine(`trapline_path_packets_total${received('stage!~"tap|qdisc|nic_hardware|bridge",vm=""')}`),
    help: 'Packets per second that a stage of this machine carried.',
  },
  {
    record: seenPackets,
    labels: { stage: 'nic_hardware' },
    // Most NICs count what they then lost; one that counts no packets has passed on what its driver got.
    expr:
      `clamp_min(${ofHardware('trapline_path_packets_total')} - ${ofHardware('trapline_path_drops_total')}, 0)` +
      ` or (${rateBy('instance, device', `trapline_path_packets_total${received('stage="nic_driver"')}`)}` +
      ` and ${ofHardware('trapline_path_drops_total')})`,
    help: 'The same of the hardware of a NIC, without what it lost.',
  },
  {
    record: seenPackets,
    labels: { stage: 'bridge' },
    expr: `clamp_min(${intoBridges} - ${droppedByBridges}, 0) or ${intoBridges}`,
    help: 'The same of the bridges: packets that came in, without those that they dropped.',
  },
  {
    record: seenPackets,
    labels: { stage: 'socket' },
    expr: ofSocket('trapline_capture_packets_total'),
    help: 'The same of the capture sockets of a process.',
  },
  {
    record: seenDrops,
    expr: ofMachine(`trapline_path_drops_total${received('stage!~"tap|qdisc",vm=""')}`),
    help: 'Packets per second that a stage of this machine dropped; absent for stages whose loss is not known.',
  },
  {
    record: seenDrops,
    labels: { stage: 'bridge' },
    expr: droppedByBridges,
    help: 'The same of the bridges, by eBPF; the kernel counts nothing there.',
  },
  {
    record: seenDrops,
    labels: { stage: 'socket' },
    expr: ofSocket('trapline_capture_drops_total'),
    help: 'The same of the capture sockets of a process.',
  },
];

export const pathRules: readonly RecordingRule[] = [
  ...seen,
  {
    record: carried,
    expr: `${placed(seenPackets)} or ${ofTap('trapline_path_packets_total')}`,
    help: 'Packets per second that a stage carried. Stages inside a VM whose exporter is scraped belong to that VM, and so do its taps with their filters and queues; those of a host have no vm.',
  },
  {
    record: dropped,
    expr: `${placed(seenDrops)} or ${ofTap('trapline_path_drops_total')}`,
    help: 'Packets per second that a stage dropped.',
  },
  {
    record: offered,
    expr: `${carried} + ${dropped}`,
    help: 'Packets per second that came to a stage, carried or dropped; absent for stages whose loss is not known.',
  },
  {
    record: 'instance_vm_stage_device_process:trapline_loss:ratio_rate1m',
    expr: `${dropped} / (${offered} > 0)`,
    help: 'Share of the packets of a stage that it dropped, 0 to 1; absent without traffic, and where loss is not known.',
  },
  {
    record: stageLoss,
    expr: `sum by (instance, vm, stage) (${dropped}) / (sum by (instance, vm, stage) (${offered}) > 0)`,
    help: 'The same over all devices of a stage.',
  },
  {
    record: 'instance_vm:trapline_loss:ratio_rate1m',
    expr: `1 - exp(sum by (instance, vm) (ln(1 - ${stageLoss}{vm!=""})))`,
    help: 'Share of the packets meant for the VM that were lost at any stage from the queue of its tap on, as far as it is seen.',
  },
  {
    record: 'instance_vm:trapline_delivered:rate1m',
    expr: `sum by (instance, vm) (${carried}{stage="tap"})`,
    help: 'Packets per second that the taps delivered to the VM.',
  },
  {
    record: captured,
    expr:
      `max by (instance, vm) (sum by (instance, vm, process) (${carried}{stage="socket",vm!=""}))` +
      ' or instance_vm:trapline_delivered:rate1m',
    help: 'Packets per second captured in the VM, by the process that captures most; where no exporter runs in the VM, what its taps deliver.',
  },
  {
    record: 'instance_vm:trapline_softnet_squeezed:rate1m',
    expr: placed(rateBy('instance', 'trapline_softnet_squeezed_total')),
    help: 'Rounds of packet polling per second that ended with packets left.',
  },
];
