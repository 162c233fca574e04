import type { LiveVm } from '../../../../exporter/src/live/protocol';
import type { PAYERS } from '../../../src/capture/roles';
import type { Growth, History } from './history';

/** Whom the page is about: some VMs, or the machine itself, under its name, where it captures by itself. */
export type About = { readonly vms: readonly string[] } | { readonly machine: string };

/** What they did in an interval. Null: not seen. */
export interface Totals {
  /** Delivered to the VMs by their taps, or to the machine's capture sockets. */
  readonly packets: number | null;
  readonly drops: number | null;
  /** Seconds of exit time of VMs; of a machine, what its CPUs spent on receiving and capturing. */
  readonly cost: number | null;
  /** The packets of those whose cost is known. */
  readonly priced: number | null;
  /** VM exits where they are seen, else those that reached the VMM. */
  readonly exits: number | null;
}

/** The VMs that live, and those that have ended but were offered packets; sorted by name. */
export function vmNames({ newest, growths }: History): string[] {
  const known = new Set(newest?.vms.map(({ vm }) => vm));
  for (const { vms } of growths) {
    vms.forEach((vm, name) => offeredTo(vm) > 0 && known.add(name));
  }
  return [...known].sort();
}

/** The VMs that carried most over a history, in the order of their names. */
export function busiest({ growths }: History, names: readonly string[], most: number): string[] {
  const offered = (name: string): number =>
    growths.reduce((sum, { vms }) => {
      const vm = vms.get(name);
      return vm ? sum + offeredTo(vm) : sum;
    }, 0);
  if (names.length <= most) {
    return [...names];
  }
  return names
    .map((name) => [name, offered(name)] as const)
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([name]) => name)
    .sort();
}

export function totalsOf(growth: Growth, about: About): Totals {
  if ('machine' in about) {
    return totalsOfMachine(growth);
  }
  return totalsOfVms(about.vms.flatMap((name) => growth.vms.get(name) ?? []));
}

/** Lost before its taps; undefined where nothing is in front of them. */
export const lostBeforeTaps = ({ queueDrops, filterDrops }: LiveVm): number | undefined =>
  queueDrops === undefined && filterDrops === undefined ? undefined : (queueDrops ?? 0) + (filterDrops ?? 0);

/** Lost on the way into the guest, at its taps and before them. */
const lostOf = (vm: LiveVm): number | undefined =>
  vm.drops === undefined ? undefined : vm.drops + (lostBeforeTaps(vm) ?? 0);

const offeredTo = (vm: LiveVm): number => (vm.packets ?? 0) + (lostOf(vm) ?? 0);

export function totalsOfVms(vms: readonly LiveVm[]): Totals {
  const timed = vms.filter(({ seconds }) => seconds);
  return {
    packets: sum(vms, ({ packets }) => packets),
    drops: sum(vms, lostOf),
    cost: sum(timed, costOfExits),
    priced: sum(timed, ({ packets }) => packets),
    exits: sum(vms, exitsOf),
  };
}

/** Seconds that the exits of a VM cost; undefined where they are not timed. */
export const costOfExits = ({ seconds }: LiveVm): number | undefined =>
  seconds && seconds.kernel + seconds.vmm;

function exitsOf({ exits, userspaceExits }: LiveVm): number | undefined {
  return exits ? Object.values(exits).reduce((total, count) => total + count, 0) : userspaceExits;
}

function totalsOfMachine(growth: Growth): Totals {
  const sockets = [...growth.captures.values()].filter(({ delivered }) => delivered !== undefined);
  const received = [...growth.path.values()].filter(({ stage }) => /^(guest_nic|nic_driver)$/.test(stage));
  const packets =
    sockets.length > 0 ? sum(sockets, ({ delivered }) => delivered) : sum(received, (stage) => stage.packets);
  const cost = sum(Object.values(payersOfMachine(growth)), (seconds) => seconds);
  return {
    packets,
    drops: sum<{ drops?: number }>(sockets.length > 0 ? sockets : received, ({ drops }) => drops),
    cost: growth.cpu ? cost : null,
    priced: growth.cpu ? packets : null,
    exits: null,
  };
}

/** Seconds by payer; only of those that are seen. */
export type Payers = Readonly<Partial<Record<(typeof PAYERS)[number], number>>>;

/** What the host does for all VMs is shared among them by the packets that their taps delivered. */
export function payersOfVm(growth: Growth, name: string): Payers {
  const vm = growth.vms.get(name);
  const delivered = sum([...growth.vms.values()], ({ packets }) => packets);
  const share = vm?.packets !== undefined && delivered ? vm.packets / delivered : null;
  const interrupt = interruptSeconds(growth);
  const softirq = softirqSeconds(growth);
  return {
    ...(vm?.seconds && { exit_kernel: vm.seconds.kernel, exit_vmm: vm.seconds.vmm }),
    ...(vm?.vhost && { vhost: vm.vhost.running }),
    ...(share !== null && interrupt !== null && { interrupt: interrupt * share }),
    ...(share !== null && softirq !== null && { softirq: softirq * share }),
  };
}

/** Of a machine, by sampled activity: its parts do not overlap, as the times of softirqs and of capturing would. */
export function payersOfMachine(growth: Growth): Payers {
  const interrupt = interruptSeconds(growth);
  const activity = (...names: string[]): number => sum(names, (name) => growth.cpu?.[name]) ?? 0;
  return {
    ...(interrupt !== null && { interrupt }),
    ...(growth.cpu && { softirq: activity('polling', 'bridging'), capture: activity('capture', 'copy') }),
  };
}

/**
 * CPUs that may work on a VM's packets: its vCPUs, whose states add up to the time there is, and the worker of each tap; null
 * where exits are not timed. The recording rule trapline_cores is the same.
 */
export function coresOfVm({ vms, seconds }: Growth, name: string): number | null {
  const vm = vms.get(name);
  const accounted = vm?.seconds && sum(Object.values(vm.seconds), (state) => state);
  return accounted ? Math.round(accounted / seconds) + (vm.taps ?? 0) : null;
}

/** Of a machine that captures by itself: all its CPUs; null where they are not sampled. */
export function coresOfMachine({ cpu, seconds }: Growth): number | null {
  const accounted = cpu && sum(Object.values(cpu), (activity) => activity);
  return accounted ? Math.round(accounted / seconds) : null;
}

/** Time in the handlers of the NICs' interrupts. */
export const interruptSeconds = ({ nics }: Growth): number | null =>
  sum([...nics.values()], (nic) => nic.interruptSeconds);

/** Time in the softirqs of the network. */
export const softirqSeconds = ({ softirqs }: Growth): number | null =>
  sum(Object.values(softirqs ?? {}), ({ seconds }) => seconds);

/** The sum of what is known; null where nothing is. */
export function sum<T>(entries: readonly T[], pick: (entry: T) => number | undefined): number | null {
  return entries.reduce<number | null>((total, entry) => {
    const value = pick(entry);
    return value === undefined ? total : (total ?? 0) + value;
  }, null);
}
