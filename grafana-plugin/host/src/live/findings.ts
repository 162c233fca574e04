import type { LiveMachine } from '../../../../exporter/src/live/protocol';
import { percent, si } from '../../../src/parts/format';
import { BAD_LOSS, WARN_LOSS } from './columns';
import { captureName } from './history';
import type { Growth } from './history';
import { lastMinute, lossOf, waitedAtMost } from './minute';
import { duration } from './numbers';
import { COUNT_WHAT_THEY_LOSE } from './stages';
import type { VmSummary } from './summary';

/** Something an engineer should look at. */
export interface Finding {
  readonly severity: 'bad' | 'warn';
  /** What is wrong, with its figure. */
  readonly what: string;
  /** What other numbers say of the cause, or where to look. */
  readonly hint: string;
}

/** A second: with fewer packets a share says little. */
const LEAST_PACKETS = 20;
/** A second: rounds of polling that ended with packets left. */
const MOST_SQUEEZED = 10;
/** Seconds per second: how long vCPUs may wait for a CPU before that is worth telling. */
const LONG_WAIT = 0.05;
/** In seconds: a softirq that waits longer has let a ring of a fast NIC fill up. */
const LATE = 0.01;

/** What stands out in the last minute, the worst first. */
export function findingsOf(
  growths: readonly Growth[],
  vms: readonly VmSummary[],
  machine: LiveMachine | undefined,
): Finding[] {
  const all = [
    ...vms.flatMap(atTap),
    ...atStages(growths),
    ...atSockets(growths),
    ...late(growths),
    ...(machine ? ownTroubles(machine) : []),
  ];
  return all.sort((a, b) => Number(b.severity === 'bad') - Number(a.severity === 'bad'));
}

/** A loss that is worth telling, given packets per second. */
function lossAt(where: string, carried: number, dropped: number, hint: string): Finding[] {
  const loss = lossOf(carried, dropped) ?? 0;
  if (loss < WARN_LOSS || carried + dropped < LEAST_PACKETS) {
    return [];
  }
  const what = `${where} loses ${percent(loss)} of the packets: ${si(dropped, '/s')} of ${si(carried + dropped, '/s')}.`;
  return [{ severity: loss < BAD_LOSS ? 'warn' : 'bad', what, hint }];
}

function atTap({ vm, packetsPerSecond, dropsPerSecond, dropsBeforeTaps, cpuWaits }: VmSummary): Finding[] {
  const delivered = packetsPerSecond ?? 0;
  const before = dropsBeforeTaps ?? 0;
  const atTap = (dropsPerSecond ?? 0) - before;
  const hint =
    cpuWaits !== null && cpuWaits >= LONG_WAIT
      ? `Its vCPUs waited ${percent(cpuWaits)} of the time for a CPU of the host: give them CPUs of their own.`
      : 'The guest does not take them in time: look at its CPUs, at rx_queue_size and at txqueuelen of the tap.';
  const limit = 'Raise its rate limit, or take it away: tc -s qdisc and tc -s filter show it.';
  return [
    ...lossAt(`The tap of ${vm}`, delivered, atTap, hint),
    ...lossAt(`The queue of the tap of ${vm}`, delivered + atTap, before, limit),
  ];
}

const STAGES: Readonly<Record<string, readonly [name: string, hint: string]>> = {
  nic_hardware: [
    'The hardware of',
    'The host does not fetch them in time: more or larger receive rings (ethtool -G, -L), or interrupts on more CPUs.',
  ],
  softnet: ['The receive backlog', 'Raise net.core.netdev_max_backlog, or spread the load over CPUs (RPS).'],
  bridge: [
    'The bridge',
    'trapline_bridge_drop_reasons_total names the port and the reason: its MTU, VLAN filter, isolation, or an address that is known elsewhere.',
  ],
  guest_softnet: [
    'The receive backlog',
    'Raise net.core.netdev_max_backlog, or spread the load over CPUs (RPS).',
  ],
  qdisc: ['The queue of', 'Raise its rate limit, or take it away: tc -s qdisc show dev <device>.'],
  tc: ['A tc filter of', 'tc -s filter show dev <device> ingress tells which one drops.'],
};

function atStages(growths: readonly Growth[]): Finding[] {
  return [...(growths.at(-1)?.path.keys() ?? [])].flatMap((key) => {
    const minute = lastMinute(growths, ({ path }) => path.get(key));
    if (!minute) {
      return [];
    }
    const { seconds, of } = minute;
    const { stage, device, packets: counted = 0, drops = 0 } = of;
    const [name, hint] = STAGES[stage] ?? [stage, ''];
    const packets = COUNT_WHAT_THEY_LOSE.includes(stage) ? Math.max(0, counted - drops) : counted;
    return lossAt(`${name} ${device}`.trim(), packets / seconds, drops / seconds, hint);
  });
}

function atSockets(growths: readonly Growth[]): Finding[] {
  return [...(growths.at(-1)?.captures.keys() ?? [])].flatMap((key) => {
    const minute = lastMinute(growths, ({ captures }) => captures.get(key));
    if (!minute) {
      return [];
    }
    const { device, method, delivered, drops } = minute.of;
    if (delivered === undefined || drops === undefined) {
      return [];
    }
    const where = `The capture socket of ${captureName(minute.of)} on ${device}`;
    const room = method === 'plain' ? 'a ring instead of the receive buffer' : 'a larger ring';
    const hint = `The application does not read in time: ${room} bridges bursts, fanout over more CPUs carries more.`;
    return lossAt(where, delivered / minute.seconds, drops / minute.seconds, hint);
  });
}

/** Receive processing that falls behind: loss comes next. */
function late(growths: readonly Growth[]): Finding[] {
  const squeezed = lastMinute(growths, ({ squeezed }) => squeezed !== null && { squeezed });
  const rounds = squeezed ? squeezed.of.squeezed / squeezed.seconds : 0;
  const waits = lastMinute(growths, ({ softirqs }) => softirqs?.['net_rx'])?.of.waits ?? [];
  const wait = waitedAtMost(waits, 0.99);
  return [
    ...(rounds > MOST_SQUEEZED
      ? [
          {
            severity: 'warn' as const,
            what: `${si(rounds)} rounds of receiving a second end with packets left.`,
            hint: 'Raise net.core.netdev_budget and netdev_budget_usecs, or spread the load over CPUs.',
          },
        ]
      : []),
    ...(wait !== null && wait > LATE
      ? [
          {
            severity: 'warn' as const,
            what: `One of a hundred receive softirqs waits more than ${duration(LATE)}.`,
            hint: 'Something keeps its CPU busy: keep vCPUs and capture off the CPUs that take the interrupts.',
          },
        ]
      : []),
  ];
}

function ownTroubles({ failing, lost, missing }: LiveMachine): Finding[] {
  const warn = (what: string, hint: string): Finding => ({ severity: 'warn', what, hint });
  return [
    ...failing.map(({ collector, error }) => warn(`The collector ${collector} fails.`, error)),
    ...lost.map(({ collector, cause, events }) =>
      warn(
        `The collector ${collector} could not count ${si(events)} events (${cause}).`,
        'Other numbers are too low by so many.',
      ),
    ),
    ...missing
      .filter(({ verdict, collector }) => verdict === 'fails' && collector === 'vm_exit')
      .map(({ reason, remedy }) => warn(`VM exits are not all seen: ${reason}.`, remedy)),
  ];
}
