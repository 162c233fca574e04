import type { LiveSample, LiveVm } from './protocol';

/** What one VM did between two samples. */
export interface Rates {
  readonly seconds: number;
  readonly packets: number;
  readonly drops: number;
  /** Seconds of exit time: kernel and VMM. Null where exits are not timed. */
  readonly cost: number | null;
  /** VM exits by class; null where they are not seen. */
  readonly exits: Readonly<Record<string, number>> | null;
  readonly userspaceExits: number;
}

/**
 * The difference of two samples for one VM; null where it is missing in one of them or a counter fell, which means that
 * it was started anew.
 */
export function between(before: LiveSample, after: LiveSample, vm: string): Rates | null {
  const a = before.vms.find((entry) => entry.vm === vm);
  const b = after.vms.find((entry) => entry.vm === vm);
  if (!a || !b || after.t <= before.t || fell(a, b)) {
    return null;
  }
  const timed = a.seconds && b.seconds;
  return {
    seconds: (after.t - before.t) / 1000,
    packets: b.packets - a.packets,
    drops: b.drops - a.drops,
    cost: timed ? b.seconds.kernel - a.seconds.kernel + (b.seconds.vmm - a.seconds.vmm) : null,
    exits: a.exits && b.exits ? differences(a.exits, b.exits) : null,
    userspaceExits: b.userspaceExits - a.userspaceExits,
  };
}

function fell(a: LiveVm, b: LiveVm): boolean {
  const pairs: Array<readonly [number, number]> = [
    [a.packets, b.packets],
    [a.drops, b.drops],
    [a.userspaceExits, b.userspaceExits],
  ];
  if (a.seconds && b.seconds) {
    pairs.push([a.seconds.kernel, b.seconds.kernel], [a.seconds.vmm, b.seconds.vmm]);
  }
  for (const [name, count] of Object.entries(a.exits ?? {})) {
    pairs.push([count, b.exits ? (b.exits[name] ?? 0) : count]);
  }
  return pairs.some(([earlier, later]) => later < earlier);
}

/** A class that is new in the second began at nought. */
function differences(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(Object.entries(b).map(([name, count]) => [name, count - (a[name] ?? 0)]));
}

/** The share of the packets offered that was lost; null where none was offered. */
export function lossOf({ packets, drops }: Pick<Rates, 'packets' | 'drops'>): number | null {
  return packets + drops > 0 ? drops / (packets + drops) : null;
}

/** Every VM of some samples, sorted by name. */
export function vmNames(samples: readonly LiveSample[]): string[] {
  return [...new Set(samples.flatMap(({ vms }) => vms.map(({ vm }) => vm)))].sort();
}
