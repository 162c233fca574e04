/** What each stage of a packet's way carries and loses, towards the capture only. */
import { placed } from './guests.js';
import { type RecordingRule, rateBy } from './rule.js';

export const seenPackets = 'instance_stage_device_process_container:trapline_seen_packets:rate1m';
export const seenDrops = 'instance_stage_device_process_container:trapline_seen_drops:rate1m';
const carried = 'instance_vm_stage_device_process_container:trapline_carried:rate1m';
export const dropped = 'instance_vm_stage_device_process_container:trapline_dropped:rate1m';
export const offered = 'instance_vm_stage_device_process_container:trapline_offered:rate1m';
const captured = 'instance_vm:trapline_captured:rate1m';
const deviceLoss = 'instance_vm_stage_device_process_container:trapline_loss:ratio_rate1m';
export const stageLoss = 'instance_vm_stage:trapline_loss:ratio_rate1m';
const delivered = 'instance_vm:trapline_delivered:rate1m';

/**
 * A tap's *transmit* side is what the host hands to the guest, through its filters and its queue; everywhere else the way
 * to the capture is *receive*.
 */
const towardsGuest = '{stage=~"tc|qdisc|tap",direction="transmit",vm!=""}';
const received = (stages: string) => `{${stages},direction="receive"}`;
/** Devices between the taps of VMs and the wire that transmit what goes to a VM: outer ends of veth pairs. */
const outward = 'trapline_path_hop_info{hop!="0",direction="transmit"}';
const ofMachine = (selector: string) => rateBy('instance, stage, device', selector);
const ofHardware = (metric: string) => rateBy('instance, device', metric + received('stage="nic_hardware"'));
const intoBridges = rateBy('instance, device', `trapline_path_packets_total${received('stage="bridge"')}`);
const droppedByBridges = rateBy('instance, device', 'trapline_bridge_drops_total');
/** What the filters or the queue of a device do to what is received, or transmitted by devices that transmit it towards a VM. */
const inwards = (metric: string, stage: string) => {
  const of = (direction: string) =>
    rateBy('instance, device', `${metric}{stage="${stage}",direction="${direction}",vm=""}`);
  const sent = `(${of('transmit')} and on (instance, device) ${outward})`;
  return stage === 'qdisc' ? sent : `(${of('receive')} unless on (instance, device) ${outward}) or ${sent}`;
};
const ofSocket = (metric: string) => rateBy('instance, device, process, container', metric);
/** Of devices of which a packet passes one. */
const parallel = (record: string) =>
  `sum by (instance, vm, stage) (${record}{stage!~"bridge|tc|qdisc"} or ${record}{stage=~"tc|qdisc",vm!=""})`;
const ofTap = (metric: string) => rateBy('instance, vm, stage, device', metric + towardsGuest);

const TRAFFIC_CONTROL = ['tc', 'qdisc'] as const;

/** Each machine's own stages, as it sees them itself. */
const seen: readonly RecordingRule[] = [
  {
    record: seenPackets,
    expr: ofMachine(
      `trapline_path_packets_total${received('stage!~"tap|qdisc|tc|nic_hardware|bridge",vm=""')}`,
    ),
    help: 'Packets per second that a stage of this machine carried.',
  },
  ...TRAFFIC_CONTROL.map((stage) => ({
    record: seenPackets,
    labels: { stage },
    expr: inwards('trapline_path_packets_total', stage),
    help: `The same of ${stage} at devices that no VM holds, in the direction towards VMs and captures.`,
  })),
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
    help: 'The same of the capture sockets of a process, by its container.',
  },
  {
    record: seenDrops,
    expr: ofMachine(`trapline_path_drops_total${received('stage!~"tap|qdisc|tc",vm=""')}`),
    help: 'Packets per second that a stage of this machine dropped; absent for stages whose loss is not known.',
  },
  ...TRAFFIC_CONTROL.map((stage) => ({
    record: seenDrops,
    labels: { stage },
    expr: inwards('trapline_path_drops_total', stage),
    help: `The same of ${stage} at devices that no VM holds, in the direction towards VMs and captures.`,
  })),
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
    help: 'The same of the capture sockets of a process, by its container.',
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
    record: deviceLoss,
    expr: `${dropped} / (${offered} > 0)`,
    help: 'Share of the packets of a stage that it dropped, 0 to 1; absent without traffic, and where loss is not known.',
  },
  {
    record: stageLoss,
    expr:
      `${parallel(dropped)} / (${parallel(offered)} > 0)` +
      ` or max by (instance, vm, stage) (${deviceLoss}{stage="bridge"} or ${deviceLoss}{stage=~"tc|qdisc",vm=""})`,
    help: 'The same over all devices of a stage, which are in parallel. Bridges, and queues and filters of the host, may follow one another: the worst device of the stage.',
  },
  {
    record: delivered,
    expr: `sum by (instance, vm) (${carried}{stage="tap"})`,
    help: 'Packets per second that the taps delivered to the VM.',
  },
  {
    record: captured,
    expr:
      `max by (instance, vm) (sum by (instance, vm, process, container) (${carried}{stage="socket",vm!=""}))` +
      ` or ${delivered}`,
    help: 'Packets per second captured in the VM, by the process that captures most; where no exporter runs in the VM, what its taps deliver.',
  },
  {
    record: 'instance_vm:trapline_softnet_squeezed:rate1m',
    expr: placed(rateBy('instance', 'trapline_softnet_squeezed_total')),
    help: 'Rounds of packet polling per second that ended with packets left.',
  },
];
