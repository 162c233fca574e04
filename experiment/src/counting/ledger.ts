/**
 * The account of a cell: where its frames went and what they cost, as Trapline on host and guest has it. Every stage between
 * the source and the sensor has its entry, and no other has, so that offered = delivered + Σ lost. Drivers and bridges have
 * none: the kernel's rx_dropped also counts what no protocol handler took, and captures got that.
 */
import type { CapturedBy } from '../methods/method.js';
import type { Plan } from '../plan/plan.js';
import type { Cell, Stage } from '../results.js';
import type { Counter, Counts } from './counts.js';
import type { Scrape } from './scrape.js';
import type { Trapline } from './trapline.js';

const PACKETS = 'trapline_path_packets_total';
const DROPS = 'trapline_path_drops_total';

/** Whom to ask. */
export interface Witnesses {
  host: Trapline;
  /** There for cells in the guest. */
  guest?: Trapline;
}

/** What was said at one moment. */
interface Testimony {
  host: Scrape;
  guest?: Scrape;
}

/** Reads the account of one cell whose frames are captured in this way. */
export function ledgerOf(plan: Plan, cell: Cell, by: CapturedBy, { host, guest }: Witnesses): Counter {
  return {
    async read(): Promise<Counts> {
      const [there, here] = await Promise.all([host.scrape(), guest?.scrape()]);
      const said: Testimony = { host: there, ...(here ? { guest: here } : {}) };
      return {
        at: performance.now() / 1000,
        delivered: delivered(plan, cell, by, said),
        lost: { ...lostOnTheWay(plan, cell, said), ...lostAtTheSensor(plan, cell, by, said) },
        cost: said.guest ? costOfGuest(plan, said.host, said.guest) : costOfHost(plan, said.host),
      };
    },
  };
}

/** Frames that a socket was given; a program in the kernel is given what the device brings. */
function delivered(plan: Plan, { platform }: Cell, by: CapturedBy, said: Testimony): number {
  const { device } = plan[platform]!;
  const scrape = said[platform]!;
  if (by === 'device')
    return scrape.sum(PACKETS, { stage: nicStage[platform], device, direction: 'receive' });
  return scrape.sum('trapline_capture_packets_total', { ...by, device });
}

const nicStage = { host: 'nic_driver', guest: 'guest_nic' } as const;
const softnetStage = { host: 'softnet', guest: 'guest_softnet' } as const;

type Losses = Partial<Record<Stage, number>>;

/** Up to the device that the sensor listens on. */
function lostOnTheWay(plan: Plan, { platform }: Cell, { host }: Testimony): Losses {
  const received = { device: plan.host.device, direction: 'receive' };
  const lost: Losses = { nic_hardware: host.sum(DROPS, { stage: 'nic_hardware', ...received }) };
  if (platform === 'host') return lost;
  return {
    ...lost,
    softnet: host.sum(DROPS, { stage: 'softnet' }),
    tap: host.sum(DROPS, { stage: 'tap', vm: plan.guest!.vm, direction: 'transmit' }),
  };
}

/** Between that device and the sensor: nothing is, for a program that runs where the device hands frames over. */
function lostAtTheSensor(plan: Plan, { platform }: Cell, by: CapturedBy, said: Testimony): Losses {
  if (by === 'device') return {};
  const { device } = plan[platform]!;
  const scrape = said[platform]!;
  return {
    [softnetStage[platform]]: scrape.sum(DROPS, { stage: softnetStage[platform] }),
    socket: scrape.sum('trapline_capture_drops_total', { ...by, device }),
  };
}

function costOfHost({ host: { device } }: Plan, host: Scrape): Counts['cost'] {
  return {
    interrupts: host.sum('trapline_nic_interrupts_total', { device }),
    payers: {
      ...paidByTheHost(host),
      capture: host.sum('trapline_cpu_seconds_total', { activity: 'capture' }),
    },
    activities: host.sumBy('activity', 'trapline_cpu_seconds_total'),
  };
}

/** What the VM makes the host do, and what the capture in it takes. */
function costOfGuest(plan: Plan, host: Scrape, guest: Scrape): Counts['cost'] {
  const { vm } = plan.guest!;
  const exitSeconds = (state: string): number => host.sum('trapline_vm_exit_seconds_total', { vm, state });
  return {
    exits: host.sumBy('class', 'trapline_vm_exits_total', { vm }),
    kicks: host.sum('trapline_virtio_kicks_total', { vm }),
    injections: host.sum('trapline_virtio_injections_total', { vm }),
    interrupts: host.sum('trapline_nic_interrupts_total', { device: plan.host.device }),
    payers: {
      exit_kernel: exitSeconds('kernel'),
      exit_vmm: exitSeconds('vmm'),
      vhost: host.sum('trapline_vhost_seconds_total', { vm, state: 'running' }),
      ...paidByTheHost(host),
      capture: guest.sum('trapline_cpu_seconds_total', { activity: 'capture' }),
    },
    activities: host.sumBy('activity', 'trapline_cpu_seconds_total'),
  };
}

const paidByTheHost = (host: Scrape): Record<string, number> => ({
  interrupt: host.sum('trapline_nic_interrupt_seconds_total'),
  softirq: host.sum('trapline_softirq_seconds_total'),
});
