/**
 * Every rule Trapline ships, once. `prometheus.ts` and `grafana.ts` write them in the form each product reads.
 *
 * All ratios are taken over one minute: a ratio over the life of a VM hides bursts (a lifetime loss of 1 % can
 * hold half a minute of 40 %), and a shorter window would hold too few packets to judge.
 */

export interface RecordingRule {
  /** `level:metric:operations`: the labels that are left, what is measured, and how. */
  record: string;
  expr: string;
  /** Meaning and unit, as a comment in the generated file. */
  help: string;
}

export interface Alert {
  name: string;
  severity: 'warning' | 'critical';
  /** Yields the judged value, only where there is enough traffic to judge it. May use recorded names. */
  value: string;
  /** Fires while the value is above it. */
  threshold: number;
  /** How long the value must stay above the threshold before anyone is told. */
  for: string;
  /** How long the alert outlives its cause, so that loss in bursts is one alert and not twenty. */
  keepFiringFor: string;
  summary: (template: AlertTemplate) => string;
  description: (template: AlertTemplate) => string;
  runbook: string;
}

/** How one product writes a label and the judged value, as a percentage, into an annotation. */
export interface AlertTemplate {
  label: (name: string) => string;
  percentage: string;
}

/** Fewer packets than this in the minute are not judged: ten lost ARP requests are not an outage. */
export const MINIMUM_PACKETS = 10_000;

/** A tap's *transmit* side is what the host hands to the guest: packets taken, and packets its ring had no room for. */
const towardsGuest = '{stage="tap",direction="transmit",vm!=""}';
const perTap = (metric: string) => `sum by (instance, vm, device) (increase(${metric}${towardsGuest}[1m]))`;
const perVm = (selector: string) => `sum by (instance, vm) (rate(${selector}[1m]))`;

export const recordingRules: readonly RecordingRule[] = [
  {
    record: 'instance_vm_device:trapline_tap_delivered:increase1m',
    expr: perTap('trapline_path_packets_total'),
    help: 'Packets a tap delivered to its VM in the last minute.',
  },
  {
    record: 'instance_vm_device:trapline_tap_drops:increase1m',
    expr: perTap('trapline_path_drops_total'),
    help: 'Packets a tap dropped on the way to its VM in the last minute.',
  },
  {
    record: 'instance_vm_device:trapline_tap_offered:increase1m',
    expr: 'instance_vm_device:trapline_tap_delivered:increase1m + instance_vm_device:trapline_tap_drops:increase1m',
    help: 'Packets meant for the VM in the last minute, delivered or dropped.',
  },
  {
    record: 'instance_vm_device:trapline_tap_loss:ratio1m',
    expr: 'instance_vm_device:trapline_tap_drops:increase1m / (instance_vm_device:trapline_tap_offered:increase1m > 0)',
    help: 'Share of the packets meant for the VM that its tap dropped, 0 to 1; absent without traffic.',
  },
  {
    record: 'instance_vm:trapline_tap_loss:ratio1m',
    expr:
      'sum by (instance, vm) (instance_vm_device:trapline_tap_drops:increase1m)' +
      ' / (sum by (instance, vm) (instance_vm_device:trapline_tap_offered:increase1m) > 0)',
    help: 'The same over all taps of a VM.',
  },
  {
    record: 'instance_vm:trapline_tap_delivered:rate1m',
    expr: perVm(`trapline_path_packets_total${towardsGuest}`),
    help: 'Packets per second delivered to the VM.',
  },
  {
    record: 'instance_vm:trapline_exit_cost_seconds:rate1m',
    expr: perVm('trapline_vm_exit_seconds_total{state=~"kernel|vmm"}'),
    help: 'Exit cost: seconds per second that kernel and VMM spend on exits of the VM. Waiting is not cost.',
  },
  {
    record: 'instance_vm:trapline_exits_per_packet:ratio_rate1m',
    expr: `${perVm('trapline_vm_exits_total')} / (instance_vm:trapline_tap_delivered:rate1m > 0)`,
    help: 'VM exits per delivered packet.',
  },
  {
    record: 'instance_vm:trapline_exit_cost_seconds_per_packet:ratio_rate1m',
    expr: 'instance_vm:trapline_exit_cost_seconds:rate1m / (instance_vm:trapline_tap_delivered:rate1m > 0)',
    help: 'Exit cost of one delivered packet, in seconds.',
  },
  {
    record: 'instance_vm:trapline_userspace_exits_per_packet:ratio_rate1m',
    expr: `${perVm('trapline_vm_userspace_exits_total')} / (instance_vm:trapline_tap_delivered:rate1m > 0)`,
    help: 'Exits that reached the VMM, per delivered packet: near zero where vhost carries the traffic.',
  },
];

/** Loss of taps that saw enough packets in the minute to be judged. */
const judgedLoss =
  'instance_vm_device:trapline_tap_loss:ratio1m' +
  ` and instance_vm_device:trapline_tap_offered:increase1m >= ${MINIMUM_PACKETS}`;

const tapLoss: Omit<Alert, 'severity' | 'threshold'> = {
  name: 'TraplineTapLoss',
  value: judgedLoss,
  for: '1m',
  keepFiringFor: '5m',
  summary: ({ label, percentage }) =>
    `${label('vm')} on ${label('instance')} loses ${percentage} of its packets at ${label('device')}`,
  description: ({ label, percentage }) =>
    `In the last minute tap ${label('device')} dropped ${percentage} of the packets meant for ${label('vm')}: ` +
    'the guest does not fetch them as fast as they come. The loss cannot be seen from inside the guest.',
  runbook: 'docs/runbook.md#traplinetaploss',
};

/** The thresholds are those in use for capture: Suricata and Zeek ask for under 1 %, Security Onion calls 5 % critical. */
export const alerts: readonly Alert[] = [
  { ...tapLoss, severity: 'warning', threshold: 0.01 },
  { ...tapLoss, severity: 'critical', threshold: 0.05 },
];

/** The same query on exported metrics alone, for a place where the recording rules do not run. */
export function withoutRecordedNames(expr: string): string {
  const expanded = recordingRules.reduce(
    (text, rule) => text.replaceAll(rule.record, `(${rule.expr})`),
    expr,
  );
  return expanded === expr ? expr : withoutRecordedNames(expanded);
}
