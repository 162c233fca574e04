import type { CostKind } from '../../../src/capture/capture';
import type { LiveSample } from './protocol';
import { between, lossOf, vmNames } from './rates';

/** What a VM did over the last minute. */
export interface Summary {
  readonly vm: string;
  readonly packetsPerSecond: number;
  /** 0 … 1; null where nothing was offered. */
  readonly loss: number | null;
  /** All VM exits where they are seen, else those that reached the VMM. */
  readonly exitsPerSecond: number;
  /** Seconds of exit time per packet; null where exits are not timed or nothing was delivered. */
  readonly secondsPerPacket: number | null;
}

const LAST_MS = 60_000;

/** VMs of the newest sample over the last minute, or over as much of it as is known. */
export function summarize(samples: readonly LiveSample[]): Summary[] {
  const newest = samples.at(-1);
  if (!newest) {
    return [];
  }
  const recent = samples.filter(({ t }) => t >= newest.t - LAST_MS);
  return vmNames([newest]).map((vm) => addUp(vm, recent));
}

function addUp(vm: string, samples: readonly LiveSample[]): Summary {
  const rates = samples.slice(1).flatMap((sample, i) => between(samples[i]!, sample, vm) ?? []);
  const sum = (pick: (entry: (typeof rates)[number]) => number): number =>
    rates.reduce((total, entry) => total + pick(entry), 0);
  const seconds = sum((entry) => entry.seconds) || 1;
  const packets = sum((entry) => entry.packets);
  const timed = rates.filter(({ cost }) => cost !== null);
  const timedPackets = timed.reduce((total, entry) => total + entry.packets, 0);
  const exits = sum((entry) =>
    entry.exits
      ? Object.values(entry.exits).reduce((total, count) => total + count, 0)
      : entry.userspaceExits,
  );
  return {
    vm,
    packetsPerSecond: packets / seconds,
    loss: lossOf({ packets, drops: sum((entry) => entry.drops) }),
    exitsPerSecond: exits / seconds,
    secondsPerPacket:
      timedPackets > 0 ? timed.reduce((total, { cost }) => total + cost!, 0) / timedPackets : null,
  };
}

/** What one packet costs: exit time, or exits where they are not timed. */
export function costOf({ secondsPerPacket, exitsPerSecond, packetsPerSecond }: Omit<Summary, 'vm'>): {
  readonly kind: CostKind;
  readonly perPacket: number | null;
} {
  return secondsPerPacket === null
    ? { kind: 'exits', perPacket: packetsPerSecond > 0 ? exitsPerSecond / packetsPerSecond : null }
    : { kind: 'seconds', perPacket: secondsPerPacket };
}

/** Several VMs as one. Loss and cost are weighted by packets. */
export function together(summaries: readonly Summary[]): Omit<Summary, 'vm'> {
  const sum = (pick: (summary: Summary) => number): number =>
    summaries.reduce((total, summary) => total + pick(summary), 0);
  const delivered = sum((summary) => summary.packetsPerSecond);
  const lost = sum(({ loss, packetsPerSecond }) =>
    loss === null || loss === 1 ? 0 : (packetsPerSecond * loss) / (1 - loss),
  );
  const priced = summaries.filter(({ secondsPerPacket }) => secondsPerPacket !== null);
  const pricedPackets = priced.reduce((total, { packetsPerSecond }) => total + packetsPerSecond, 0);
  const cost = priced.reduce(
    (total, summary) => total + summary.secondsPerPacket! * summary.packetsPerSecond,
    0,
  );
  const only = summaries.length === 1 ? summaries[0]!.loss : undefined;
  return {
    packetsPerSecond: delivered,
    loss: only === undefined ? lossOf({ packets: delivered, drops: lost }) : only,
    exitsPerSecond: sum((summary) => summary.exitsPerSecond),
    secondsPerPacket: pricedPackets > 0 ? cost / pricedPackets : null,
  };
}
