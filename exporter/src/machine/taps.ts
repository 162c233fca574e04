import { runIterator, tap_file, tap_kind, textOf, type Signal } from '../kernel/index.js';
import { networkOf, type Roots } from './holders.js';
import type { Traffic } from './netlink/index.js';
import { readText } from './read.js';
import { ticksOf } from './stat.js';
import type { Holder } from './types.js';

/** bpf/taps.bpf.c. A device can be read only with the types of the modules that made it. */
export const tapsSignal: Signal = {
  name: 'taps',
  tables: {},
  programs: [
    {
      name: 'taps',
      hook: 'iter/task_file',
      functions: ['taps'],
      modules: [],
      iterator: { reloadedFor: ['tun', 'tap', 'macvtap', 'ipvtap'] },
    },
  ],
  // Without it, those of this network namespace are known by name.
  needs: [],
};

/** A tap, macvtap or ipvtap that processes hold open. */
export interface HeldTap {
  /** Inode number of its network namespace. */
  netns: number;
  /** Its number in that namespace, which it keeps when it is renamed; 0 where the kernel does not show the device. */
  ifindex: number;
  /** An ipvtap counts as a macvtap does. */
  kind: 'tap' | 'macvtap';
  /** Its present name; hostile text, empty where the kernel does not show the device. */
  device: string;
  /** The processes, in the order in which they were found; without a start where it is not known. */
  holders: readonly Pick<Holder, 'pid' | 'startTicks'>[];
  /** Packets that wait in its queues, and the most that fit; undefined where it was found by name. */
  queue?: { waiting: number; room: number };
  /**
   * As its own driver counts, but a macvtap's `receive.drops` is without its `receive.errors`. Undefined where this kernel does
   * not let them be read.
   */
  counters?: { receive: Traffic; transmit: Traffic };
}

/** One of the queues of a device, in the hands of one process. */
export interface TapQueue {
  queue: number;
  tap: HeldTap;
}

/** Every tap that a process of this machine holds open, in whatever network namespace. Throws where the iterator cannot be run. */
export const tapsFromKernel = (link: number): HeldTap[] =>
  joinQueues(runIterator(link, tap_file.size).map(parseTapFile));

/** The devices that have these queues. A queue that several processes hold counts once. */
export function joinQueues(found: readonly TapQueue[]): HeldTap[] {
  const taps = new Map<string, HeldTap>();
  const queues = new Set<string>();
  for (const { queue, tap } of found) {
    const device = identityOf(tap);
    const before = taps.get(device);
    const counted = queues.has(`${device} ${queue}`);
    taps.set(device, before ? joined(before, tap, counted) : tap);
    queues.add(`${device} ${queue}`);
  }
  return [...taps.values()];
}

/** A device that is not shown is told from others by who holds it. */
const identityOf = ({ netns, ifindex, holders }: HeldTap): string =>
  ifindex ? `${netns} ${ifindex}` : `unknown ${holders[0]!.pid}`;

function joined(tap: HeldTap, again: HeldTap, counted: boolean): HeldTap {
  const [holder] = again.holders;
  const waiting = tap.queue!.waiting + again.queue!.waiting;
  const room = tap.queue!.room + again.queue!.room;
  return {
    ...again,
    ...tap,
    holders: tap.holders.some(({ pid }) => pid === holder!.pid) ? tap.holders : [...tap.holders, holder!],
    queue: counted ? tap.queue! : { waiting, room },
  };
}

/** Reads a record of the iterator. */
export function parseTapFile(record: Buffer): TapQueue {
  const { fields } = tap_file;
  const u32 = ({ offset }: { offset: number }): number => record.readUInt32LE(offset);
  const u64 = ({ offset }: { offset: number }): number => Number(record.readBigUInt64LE(offset));
  const traffic = (direction: 'rx' | 'tx', errors: number): Traffic => ({
    packets: u64(fields[`${direction}_packets`]),
    bytes: u64(fields[`${direction}_bytes`]),
    errors,
    drops: u64(fields[`${direction}_dropped`]),
  });
  return {
    queue: u32(fields.queue),
    tap: {
      netns: u32(fields.netns),
      ifindex: u32(fields.ifindex),
      kind: u32(fields.kind) === tap_kind.KIND_MACVTAP ? 'macvtap' : 'tap',
      device: textOf(record, fields.device),
      holders: [{ pid: u32(fields.tgid), startTicks: ticksOf(u64(fields.start_ns)) }],
      queue: { waiting: u32(fields.waiting), room: u32(fields.room) },
      ...(u32(fields.counted) && {
        counters: { receive: traffic('rx', u64(fields.rx_errors)), transmit: traffic('tx', 0) },
      }),
    },
  };
}

/** What is known of them without the kernel's help: by name, and taken to be in the network namespace of the process. */
export function tapsFromHolders(
  holders: readonly Holder[],
  { proc = '/proc', sys = '/sys' }: Roots = {},
): HeldTap[] {
  const own = networkOf('self', proc);
  return holders.flatMap(({ pid, kind, device = '', netns }) => {
    if ((kind !== 'tap' && kind !== 'macvtap') || netns === undefined) return [];
    const holder = { netns, kind, holders: [{ pid }] };
    if (netns === own) return [{ ...holder, device, ifindex: indexOf(device, sys) }];
    // The file of a macvtap has the index of its device, which is another one here.
    return [{ ...holder, device: kind === 'tap' ? device : '', ifindex: 0 }];
  });
}

const indexOf = (device: string, sys: string): number =>
  Number(readText(`${sys}/class/net/${device}/ifindex`) ?? 0);
