/** What Trapline says about an appliance's packets and its vCPU, and what the host's kernel says about the same. */
import { APPLIANCE_TRAPLINE_PORT, type Appliance } from '../appliance.js';
import type { LabHost } from '../host.js';
import { scrape } from '../trapline.js';
import { growth, sumOf } from './metrics.js';

/** Counters of a moment, or their growth over some time. */
export type Counts = Record<
  | 'delivered'
  | 'droppedAtTap'
  | 'droppedElsewhere'
  /** Seconds of the vCPU: in the guest, at work on its exits, asleep, and ready but without a processor. */
  | 'inGuest'
  | 'exiting'
  | 'asleep'
  | 'waiting',
  number
>;

/** The kernel's own words for two of them. */
type Kernel = Pick<Counts, 'droppedAtTap' | 'waiting'>;

/** Trapline's counters, read between two readings of the kernel's. */
export interface Account {
  counts: Counts;
  before: Kernel;
  after: Kernel;
}

/** What came to pass between two accounts; the kernel's growth is known to lie between two bounds. */
export interface Growth extends Counts {
  least: Kernel;
  most: Kernel;
}

export async function accountOf(host: LabHost, appliance: Appliance): Promise<Account> {
  const before = await kernelOf(host, appliance);
  const [there, here] = [await scrape(host), await scrape(host, APPLIANCE_TRAPLINE_PORT)];
  const after = await kernelOf(host, appliance);
  return { counts: countsOf(there, here, appliance), before, after };
}

export function between(first: Account, last: Account): Growth {
  return {
    ...growth(last.counts, first.counts),
    least: growth(last.before, first.after),
    most: growth(last.after, first.before),
  };
}

function countsOf(there: string, here: string, { name: vm }: Appliance): Counts {
  const [packets, drops] = ['trapline_path_packets_total', 'trapline_path_drops_total'] as const;
  const tap = { stage: 'tap', vm, direction: 'transmit' };
  const exit = (state: string) => sumOf(there, 'trapline_vm_exit_seconds_total', { vm, state });
  return {
    delivered: sumOf(there, packets, tap),
    droppedAtTap: sumOf(there, drops, tap),
    droppedElsewhere:
      sumOf(here, drops, { stage: 'guest_softnet' }) +
      sumOf(here, 'trapline_capture_drops_total', { process: 'tcpdump' }),
    inGuest: sumOf(there, 'trapline_vm_guest_seconds_total', { vm }),
    exiting: exit('kernel') + exit('vmm'),
    asleep: exit('blocked'),
    waiting: exit('runqueue'),
  };
}

/** The vCPU is the thread of QEMU that has waited longest; nanoseconds, the second number of `schedstat`. */
async function kernelOf(host: LabHost, { wiring, process }: Appliance): Promise<Kernel> {
  const dropped = await host.must(`cat /sys/class/net/${wiring.tap}/statistics/tx_dropped`);
  const waits = await host.must(`cut -d ' ' -f 2 /proc/${process.pid}/task/*/schedstat`);
  return {
    droppedAtTap: Number(dropped),
    waiting: Math.max(...waits.trim().split('\n').map(Number)) / 1e9,
  };
}
