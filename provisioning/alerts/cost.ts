/** Packets cost more than they did or than there is time for: loss is near. */
import { type Alert, JUDGED_RATE, where } from './alert.js';

const exitCost = 'instance_vm:trapline_exit_cost_seconds_per_delivered:ratio_rate1m';
const kicks = 'instance_vm:trapline_kicks_per_packet:ratio_rate1m';
const delivered = 'instance_vm:trapline_delivered:rate1m';

/** Six hours that ended an hour ago: long enough to be usual, and free of what began just now. */
const past = (record: string) => `avg_over_time(${record}[6h] offset 1h)`;
/** With fewer packets each costs more by nature, since fewer share an exit or a kick. */
const asMuchTraffic = `${delivered} >= ${JUDGED_RATE} and ${delivered} >= 0.5 * ${past(delivered)}`;

/** A poll takes 64 packets at most: this many interrupts could bring 3.2 million packets/s, more than a CPU works on. */
const STORM = 50_000;

export const costAlerts: readonly Alert[] = [
  {
    name: 'TraplineBudgetNearlySpent',
    severity: 'warning',
    value: `instance_vm:trapline_packet_budget_used:ratio_rate1m and ${delivered} >= ${JUDGED_RATE}`,
    threshold: 0.9,
    for: '5m',
    keepFiringFor: '5m',
    summary: (t) => `${where(t)} has spent ${t.percentage} of its packet budget`,
    description: (t) =>
      `The vCPUs or the vhost workers of ${t.label('vm')} are busy ${t.percentage} of the time: a little more traffic ` +
      'will be lost.',
  },
  {
    name: 'TraplineExitCostUp',
    severity: 'warning',
    value: `${exitCost} / ${past(exitCost)} and ${asMuchTraffic}`,
    threshold: 2,
    for: '10m',
    keepFiringFor: '5m',
    summary: (t) => `${where(t)} pays ${t.decimal} times as much for the exits of a packet as it did`,
    description: (t) =>
      `Kernel and VMM spend ${t.decimal} times as long on the exits of one packet of ${t.label('vm')} as on average from ` +
      'seven hours to one hour ago, at comparable traffic.',
  },
  {
    name: 'TraplineKickSuppressionLost',
    severity: 'warning',
    // Where a kick a packet is usual, suppression never worked, and is nothing to wake up for.
    value: `${kicks} and ${past(kicks)} < 0.4 and ${asMuchTraffic}`,
    threshold: 0.8,
    for: '10m',
    keepFiringFor: '5m',
    summary: (t) => `${where(t)} rings ${t.decimal} doorbells for each packet`,
    description: (t) =>
      `The guest ${t.label('vm')} notifies its host for nearly every packet, where one doorbell stood for several before.`,
  },
  {
    name: 'TraplineInterruptStorm',
    severity: 'warning',
    value: 'sum by (instance, device, queue) (rate(trapline_nic_interrupts_total[1m]))',
    threshold: STORM,
    for: '2m',
    keepFiringFor: '5m',
    summary: (t) => `${where(t)}: ${t.label('device')} ${t.label('queue')} interrupts ${t.number} times/s`,
    description: (t) =>
      `A queue of ${t.label('device')} interrupts more often than packets could need: interrupts are not moderated, and ` +
      'the CPU that takes them does little else.',
  },
  {
    name: 'TraplineInjectionStorm',
    severity: 'warning',
    value: 'instance_vm:trapline_injections:rate1m',
    threshold: STORM,
    for: '2m',
    keepFiringFor: '5m',
    summary: (t) => `${where(t)} is interrupted ${t.number} times/s`,
    description: (t) =>
      `The guest ${t.label('vm')} is given more interrupts than packets could need: it does little else than take them.`,
  },
];
