/** What is lost on the way of a VM's packets: hops are in series, the devices of a hop in parallel. */
import { dropped, offered, seenDrops, seenPackets, stageLoss } from './path.js';
import { type RecordingRule, rateBy } from './rule.js';

const hopDropped = 'instance_vm_tap_hop_stage_device:trapline_dropped:rate1m';
const hopOffered = 'instance_vm_tap_hop_stage_device:trapline_offered:rate1m';
const hopLoss = 'instance_vm_tap_hop_stage:trapline_loss:ratio_rate1m';
const tapLoss = 'instance_vm_tap:trapline_loss:ratio_rate1m';
const meant = 'instance_vm_tap:trapline_meant:rate1m';
const hostLoss = 'instance_vm:trapline_host_loss:ratio_rate1m';

/** Where a device that several VMs share counts. */
const SHARED_STAGES = ['nic_hardware', 'nic_driver', 'guest_nic', 'tc', 'qdisc'] as const;

const hops = (selector: string) =>
  `max by (instance, vm, tap, hop, device) (trapline_path_hop_info{${selector}})`;
/** A tap is its VM's, every other device the machine's. */
const atTap = (record: string) =>
  `${record}{stage=~"tc|qdisc|tap",vm!=""} * on (instance, vm, device) group_left (tap, hop) ${hops('hop="0"')}`;
const atShared = (expr: string) => `${hops('hop!="0"')} * on (instance, device) group_left () (${expr})`;
/** Renames a label. */
const moved = (expr: string, from: string, to: string) =>
  `label_replace(${expr}, "${to}", "$1", "${from}", "(.*)")`;

const bridges = hops('kind="bridge"');
const byPort = `* on (instance, device, port) group_left () ${rateBy('instance, device, port', 'trapline_bridge_drop_reasons_total')}`;
const towards = (selector: string) =>
  `max by (instance, vm, tap, device, next) (trapline_path_hop_info{${selector}})`;
const hopOfBridge = `* on (instance, vm, tap, device) group_left (hop) ${bridges}`;
/** A bridge drops at a port: at one that leads to another VM, or comes from it, the packets were not meant for this one. */
const atBridges = [
  `${moved(towards('kind="bridge"'), 'next', 'port')} ${hopOfBridge} ${byPort}`,
  `${moved(moved(towards('hop!="0",device!=""'), 'device', 'port'), 'next', 'device')} ${hopOfBridge} ${byPort}`,
  `${bridges} ${byPort}`,
  `0 * (${atShared(`${seenDrops}{stage="bridge"}`)})`,
].join(' or ');

const ofStage = (record: string, stage: string) => `${record}{stage="${stage}"}`;
const perHop = (record: string) => `sum by (instance, vm, tap, hop, stage) (${record})`;
/** What comes through several losses, one after the other. */
const through = (by: string, loss: string) => `exp(sum by (${by}) (ln(1 - ${loss})))`;

const came = `sum by (instance, vm, tap) (${hopOffered}{hop="0",stage="tap"} or ${hopDropped}{hop="0",stage=~"tc|qdisc"})`;
const delivered = `sum by (instance, vm) (${hopOffered}{hop="0",stage="tap"} - ${hopDropped}{hop="0",stage="tap"})`;

/** Filters of a VM's own devices are its stage `tc` too, and so are those of its taps. */
const filtersInside = (record: string) =>
  `sum by (instance, vm, stage) (${record}{stage="tc",vm!=""} unless on (instance, vm, device) ${hops('hop="0"')})`;
const inside = through(
  'instance, vm',
  `(${stageLoss}{vm!="",stage!~"tc|qdisc|tap"} or ${filtersInside(dropped)} / (${filtersInside(offered)} > 0))`,
);

export const wayRules: readonly RecordingRule[] = [
  {
    record: hopDropped,
    expr: atTap(dropped),
    help: 'Packets per second that a device on the way to a tap of the VM dropped, here the tap itself; hop is the distance from it.',
  },
  {
    record: hopDropped,
    labels: { stage: 'bridge' },
    expr: `sum by (instance, vm, tap, hop, device) (${atBridges})`,
    help: 'The same of the bridges: at the ports on the way, and not at those that lead to other VMs.',
  },
  ...SHARED_STAGES.map((stage) => ({
    record: hopDropped,
    labels: { stage },
    expr: atShared(ofStage(seenDrops, stage)),
    help: `The same at ${stage}, of all packets that the device drops: also those for other VMs.`,
  })),
  {
    record: hopOffered,
    expr: atTap(offered),
    help: 'Packets per second that came to a device on the way to a tap of the VM, here the tap itself.',
  },
  ...(['bridge', ...SHARED_STAGES] as const).map((stage) => ({
    record: hopOffered,
    labels: { stage },
    expr: atShared(`${ofStage(seenPackets, stage)} + ${ofStage(seenDrops, stage)}`),
    help: `The same at ${stage}; absent for devices whose loss is not known.`,
  })),
  {
    record: hopLoss,
    expr: `${perHop(hopDropped)} / (${perHop(hopOffered)} > 0)`,
    help: 'Share of the packets of a hop that it dropped, 0 to 1; devices of one hop are in parallel.',
  },
  {
    record: tapLoss,
    expr: `1 - ${through('instance, vm, tap', hopLoss)}`,
    help: 'Share of the packets meant for a tap that were lost on their way into the VM, 0 to 1, over all hops.',
  },
  {
    record: meant,
    expr: `${came} / (${through('instance, vm, tap', `${hopLoss}{hop!="0"}`)} > 0) or ${came}`,
    help: 'Packets per second meant for a tap: those that came to it and the share of them that was lost before.',
  },
  {
    record: hostLoss,
    expr: `1 - ${delivered} / (sum by (instance, vm) (${meant}) > 0) or max by (instance, vm) (${tapLoss})`,
    help: 'The same over all taps of a VM, each by the packets meant for it: the share that was lost on its host.',
  },
  {
    record: 'instance_vm:trapline_loss:ratio_rate1m',
    expr:
      `1 - (1 - ${hostLoss}) * on (instance, vm) ${inside} or ${hostLoss}` +
      ` or 1 - ${through('instance, vm', `${stageLoss}{vm!=""}`)}`,
    help: 'Share of the packets meant for the VM that were lost on their way from the NIC to the capture, as far as it is seen; where its way is not known, from the queue of its tap on.',
  },
];
