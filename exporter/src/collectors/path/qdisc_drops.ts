import { growth, TC_H_ROOT, U32, type Qdisc } from '../../machine/index.js';

/**
 * Qdiscs that have one below them for each queue and count nothing: what a dump says of them is the sum of those that are
 * there now (mq_dump, mqprio_dump), and falls when one is replaced. All others count what those inside them drop, on
 * arrival (net_xmit_drop_count) and later (qdisc_tree_reduce_backlog); only cbs and taprio leave out the former.
 */
const SUMS: ReadonlySet<string> = new Set(['mq', 'mqprio']);

/** Does not queue, and so cannot drop. */
const NO_QUEUE = 'noqueue';

const MAJOR = 0xffff_0000;

/** What a device's qdiscs have dropped, over all that it ever had since the first look. */
interface Counted {
  root: string;
  total: number;
  /** Those that were added up at the last look. */
  last: ReadonlyMap<string, Qdisc>;
}

/** How a device queues what it transmits. */
export interface Queueing {
  drops: number;
  /** Packets that wait. */
  backlog: number;
}

/** Makes counters that never fall of those of qdiscs, which have 32 bits and start anew with each that replaces another. */
export class QdiscDrops {
  #devices: ReadonlyMap<number, Counted> = new Map();

  /** By the index of the device, those that queue; what earlier qdiscs counted is kept for as long as `indexes` has it. */
  follow(qdiscs: readonly Qdisc[], indexes: ReadonlySet<number>): Map<number, Queueing> {
    const devices = new Map([...this.#devices].filter(([index]) => indexes.has(index)));
    const queueing = new Map<number, Queueing>();
    for (const [index, all] of byDevice(qdiscs)) {
      const root = all.find(({ parent }) => parent === TC_H_ROOT);
      if (!root || root.kind === NO_QUEUE) continue;
      const counted = advance(devices.get(index), root, SUMS.has(root.kind) ? below(root, all) : [root]);
      devices.set(index, counted);
      queueing.set(index, { drops: counted.total, backlog: root.backlog });
    }
    this.#devices = devices;
    return queueing;
  }
}

function byDevice(qdiscs: readonly Qdisc[]): Map<number, Qdisc[]> {
  const devices = new Map<number, Qdisc[]>();
  for (const qdisc of qdiscs) {
    const all = devices.get(qdisc.device);
    if (all) all.push(qdisc);
    else devices.set(qdisc.device, [qdisc]);
  }
  return devices;
}

const below = ({ handle }: Qdisc, all: readonly Qdisc[]): Qdisc[] =>
  all.filter(({ parent }) => (parent & MAJOR) >>> 0 === handle);

/** One that was not there at the last look is counted from 0. */
function advance(before: Counted | undefined, rootNow: Qdisc, counting: readonly Qdisc[]): Counted {
  const root = identity(rootNow);
  let total = before?.total ?? 0;
  // One that the kernel made (handle 0) goes out of sight with its queue, and comes back with its count.
  const last = new Map([...(before?.last ?? [])].filter(([key]) => before?.root === root && hidden(key)));
  for (const qdisc of counting) {
    const key = identity(qdisc);
    total += grownSince(before?.last.get(key), qdisc);
    last.set(key, qdisc);
  }
  return { root, total, last };
}

const identity = ({ kind, handle, parent }: Qdisc): string => `${handle} ${parent} ${kind}`;
const hidden = (key: string): boolean => key.startsWith('0 ');

/** By how much the drops of a qdisc grew; one that is made anew with the same number has sent less than the one before. */
export const grownSince = (before: Qdisc | undefined, now: Qdisc): number =>
  before && before.kind === now.kind && before.bytes <= now.bytes
    ? growth(before.drops, now.drops, U32)
    : now.drops;
