/** Packets are lost: at a stage that counts them, or between two that do not. */
import { type Alert, JUDGED_RATE, where } from './alert.js';

const lossOf = 'instance_vm_stage_device_process_container:trapline_loss:ratio_rate1m';
const offered = 'instance_vm_stage_device_process_container:trapline_offered:rate1m';
const carried = 'instance_vm_stage_device_process_container:trapline_carried:rate1m';

const captureLoss: Omit<Alert, 'severity' | 'threshold' | 'keepFiringFor'> = {
  name: 'TraplineCaptureLoss',
  value: `${lossOf} and ${offered} >= ${JUDGED_RATE}`,
  for: '1m',
  summary: (t) =>
    `${where(t)} loses ${t.percentage} of its packets at ${t.label('stage')}` +
    t.optional(' (', 'device', t.optional(', ', 'process', t.optional(' in ', 'container', '')) + ')'),
  description: (t) =>
    `In the last minute the stage ${t.label('stage')} dropped ${t.percentage} of the packets that came to it. ` +
    'What follows it did not take them as fast as they came.' +
    t.optional(
      ' On the host, trapline_path_hop_info with the device ',
      'device',
      ' names the VMs it is on the way to, and the hop.',
    ),
};

/** Thresholds in use: Suricata and Zeek ask for under 1 %, Security Onion calls 5 % critical. */
export const CAPTURE_LOSS = { warning: 0.01, critical: 0.05 } as const;

const tapDelivered = 'instance_vm:trapline_delivered:rate1m';
const guestReceived = `sum by (instance, vm) (${carried}{stage=~"guest_nic|nic_driver",vm!=""})`;

export const lossAlerts: readonly Alert[] = [
  // What holds others back stays a minute longer than they do: they would be told on their own for that moment.
  { ...captureLoss, severity: 'warning', threshold: CAPTURE_LOSS.warning, keepFiringFor: '6m' },
  { ...captureLoss, severity: 'critical', threshold: CAPTURE_LOSS.critical, keepFiringFor: '7m' },
  {
    name: 'TraplineUnseenLoss',
    severity: 'warning',
    value: `1 - ${guestReceived} / (${tapDelivered} >= ${JUDGED_RATE})`,
    // Host and guest are scraped at different moments: while the rate changes, a few percent are no loss.
    threshold: 0.05,
    for: '5m',
    keepFiringFor: '5m',
    summary: (t) => `${where(t)} loses ${t.percentage} of its packets between tap and guest, uncounted`,
    description: (t) =>
      `The network cards of ${t.label('vm')} did not receive ${t.percentage} of the packets that its taps delivered. ` +
      'No counter shows where they went.',
  },
];
