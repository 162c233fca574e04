import { addUp, alignTo, type Sampled } from '../statistics/align';
import { groupBy } from './groupBy';
import { blocked, homeless, missing, type Found, type Reading } from './reading';
import { PAYERS, type Role } from './roles';
import type { Series } from './series';
import { totalsOf, type Span } from './totals';
import { groupByVm, vmsOf } from './vms';

/** Nanoseconds of one packet that one payer spends. */
export interface Share {
  readonly payer: string;
  readonly ns: number;
}

/** What the packets of one VM cost over the time range, and how much time there is for them. */
export interface Spending {
  readonly vm: string;
  /** Packets per second, on average. */
  readonly rate: number;
  /** In the order in which a packet meets them. */
  readonly shares: readonly Share[];
  /** Nanoseconds of one packet, all payers together. */
  readonly ns: number;
  /** CPUs that may work on the packets. */
  readonly cores: number;
  /** Nanoseconds there are for a packet at this rate: cores × 1 s ÷ packets/s. */
  readonly budget: number;
  /** Share of the budget that is spent: above one where the packets need more than the CPUs there are. */
  readonly used: number;
  /** The interval in which most of it was spent. */
  readonly peak: { readonly used: number; readonly time: number };
}

export interface Spendings {
  /** The VM that has spent the largest share of its budget first. */
  readonly vms: readonly Spending[];
  /** Payers of any VM, in the order in which a packet meets them. */
  readonly payers: readonly string[];
  /** Only VM exits were timed: what the host's network and the capture take is not in the sums. */
  readonly exitsOnly: boolean;
}

export const SPENDING_ROLES: readonly Role[] = ['throughput', 'payer', 'cost', 'cores'];

/**
 * Who spends how much time on a packet, VM by VM.
 *
 * @param cores CPUs of a VM for which no series says it
 */
export function readSpending(found: Found, range: Span, cores: number): Reading<Spendings> {
  const throughput = found.of('throughput');
  const exitsOnly = found.of('payer').length === 0;
  const costs = exitsOnly ? found.of('cost') : found.of('payer');
  if (throughput.length === 0) {
    return blocked(missing(found, costs.length === 0 ? ['throughput', 'payer'] : ['throughput']));
  }
  if (costs.length === 0) {
    return blocked(
      missing(
        found,
        ['payer'],
        'Name a query “payer” (seconds per second, by the label “payer”), or “cost” for VM exits alone',
      ),
    );
  }
  const { vmOf, remarks } = vmsOf([throughput, costs]);
  const packets = groupByVm(throughput, vmOf);
  const spent = groupByVm(costs, vmOf);
  const counted = groupBy(found.of('cores'), (series) => vmOf(series) ?? '');
  const vms = [...packets.keys()]
    .filter((vm) => spent.has(vm))
    .flatMap((vm) => {
      const known = latest(counted.get(vm) ?? counted.get('')) ?? cores;
      return spendingOf(vm, addUp(packets.get(vm)!), spent.get(vm)!, known, range) ?? [];
    });
  if (vms.length === 0) {
    return blocked({
      missing: 'No VM has both packets and time spent on them in this time range.',
      remedy: 'Choose a time range with traffic, and let both queries keep the label “vm”.',
    });
  }
  vms.sort((a, b) => b.used - a.used);
  const silent = [...packets.keys()].filter((vm) => !vms.some((one) => one.vm === vm));
  return {
    data: { vms, payers: inOrder(vms.flatMap(({ shares }) => shares.map(({ payer }) => payer))), exitsOnly },
    problem: null,
    remarks: [
      ...(exitsOnly ? ['No query names who else pays, so VM exits alone are counted.'] : []),
      ...remarks,
      ...homeless(found, ['throughput', exitsOnly ? 'cost' : 'payer'], vmOf),
      ...(silent.length > 0
        ? [`Left out for want of packets or of time spent on them: ${silent.join(', ')}.`]
        : []),
    ],
  };
}

function spendingOf(
  vm: string,
  packets: Sampled,
  costs: readonly Series[],
  cores: number,
  range: Span,
): Spending | null {
  const byPayer = groupBy(costs, payerOf);
  const shares = inOrder([...byPayer.keys()]).flatMap((payer) => {
    const [seconds, count] = totalsOf([addUp(byPayer.get(payer)!), packets], range).sums;
    return count ? [{ payer, ns: (seconds! / count) * 1e9 }] : [];
  });
  const all = totalsOf([packets], range);
  if (shares.length === 0 || all.sums[0] === 0) {
    return null;
  }
  const rate = all.sums[0]! / all.seconds;
  const ns = shares.reduce((sum, share) => sum + share.ns, 0);
  const budget = (cores * 1e9) / rate;
  return {
    vm,
    rate,
    shares,
    ns,
    cores,
    budget,
    used: ns / budget,
    peak: peakOf(addUp(costs), packets, cores),
  };
}

/** Time spent per second, where packets were delivered, is the share of so many CPUs that they took. */
function peakOf(costs: Sampled, packets: Sampled, cores: number): Spending['peak'] {
  const rates = alignTo(costs.times, packets);
  let peak = { used: 0, time: costs.times[0]! };
  costs.values.forEach((value, i) => {
    const used = (value ?? NaN) / cores;
    if (rates[i] && used > peak.used) {
      peak = { used, time: costs.times[i]! };
    }
  });
  return peak;
}

/** The payer that a series names; of exit time by state, the half of an exit. */
function payerOf({ labels: { payer, state } }: Series): string {
  return payer ?? (state === 'kernel' || state === 'vmm' ? `exit_${state}` : 'exit');
}

/** Each payer once, the known ones in their order, others behind them by name. */
function inOrder(payers: readonly string[]): string[] {
  const place = (payer: string) => (PAYERS as readonly string[]).indexOf(payer) >>> 0;
  return [...new Set(payers)].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

/** Several series are parts of one whole. */
function latest(series: readonly Series[] | undefined): number | undefined {
  return series && addUp(series).values.findLast((value): value is number => value !== null && value > 0);
}
