import type { CostKind } from '../../../src/capture/capture';
import type { Growth } from './history';
import { lastMinute, lossOf } from './minute';
import { lostBeforeTaps, totalsOf, totalsOfVms, type About, type Totals } from './subjects';

/** What VMs, or a machine that captures, did in some time. Null: not seen, or nothing to divide by. */
export interface Summary {
  readonly packetsPerSecond: number | null;
  readonly dropsPerSecond: number | null;
  /** 0 … 1 */
  readonly loss: number | null;
  readonly exitsPerSecond: number | null;
  readonly exitsPerPacket: number | null;
  /** Seconds of a CPU per second. */
  readonly cost: number | null;
  readonly secondsPerPacket: number | null;
}

/** Over the last minute, or as much of it as is known. */
export function summarize(growths: readonly Growth[], about: About): Summary {
  const minute = lastMinute(growths, (growth) => totalsOf(growth, about));
  return summaryOf(minute?.of, minute?.seconds ?? null);
}

/** Interval by interval. */
export const summaries = (growths: readonly Growth[], about: About): Summary[] =>
  growths.map((growth) => summaryOf(totalsOf(growth, about), growth.seconds));

function summaryOf(totals: Totals | undefined, seconds: number | null): Summary {
  const { packets = null, drops = null, cost = null, priced = null, exits = null } = totals ?? {};
  return {
    packetsPerSecond: per(packets, seconds),
    dropsPerSecond: per(drops, seconds),
    loss: packets === null || drops === null ? null : lossOf(packets, drops),
    exitsPerSecond: per(exits, seconds),
    exitsPerPacket: per(exits, packets),
    cost: per(cost, seconds),
    secondsPerPacket: per(cost, priced),
  };
}

/** A quotient; null where a part is not known or there is nothing to divide by. */
export const per = (value: number | null | undefined, by: number | null | undefined): number | null =>
  typeof value === 'number' && by ? value / by : null;

/** What one packet costs: time, or exits where they are not timed. */
export function costOf({ secondsPerPacket, exitsPerPacket }: Summary): {
  readonly kind: CostKind;
  readonly perPacket: number | null;
} {
  return secondsPerPacket === null
    ? { kind: 'exits', perPacket: exitsPerPacket }
    : { kind: 'seconds', perPacket: secondsPerPacket };
}

/** A VM over the last minute: beside the rest, what passes between it and its host. */
export interface VmSummary extends Summary {
  readonly vm: string;
  /** Of the drops, those before its taps: at their queues and tc filters. */
  readonly dropsBeforeTaps: number | null;
  readonly kicksPerPacket: number | null;
  readonly injectionsPerPacket: number | null;
  /** Seconds per second that its vhost workers ran. */
  readonly vhost: number | null;
  /** Seconds per second that its vCPUs were ready and waited for a CPU. */
  readonly cpuWaits: number | null;
}

export function summarizeVm(growths: readonly Growth[], vm: string): VmSummary {
  const minute = lastMinute(growths, ({ vms }) => vms.get(vm));
  return {
    vm,
    ...summaryOf(minute ? totalsOfVms([minute.of]) : undefined, minute?.seconds ?? null),
    dropsBeforeTaps: per(minute && lostBeforeTaps(minute.of), minute?.seconds),
    kicksPerPacket: per(minute?.of.kicks, minute?.of.packets),
    injectionsPerPacket: per(minute?.of.injections, minute?.of.packets),
    vhost: per(minute?.of.vhost?.running, minute?.seconds),
    cpuWaits: per(minute?.of.seconds?.runqueue, minute?.seconds),
  };
}
