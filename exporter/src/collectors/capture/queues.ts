import { growth, U32, type NfQueue } from '../../machine/index.js';
import type { CaptureSocket } from './socket.js';

/** What the queues of one number lost, by cause. */
export type QueueDrops = Record<'full' | 'bufferFull', number>;

const COUNTS = ['queued', 'full', 'bufferFull'] as const;
type Counts = Record<(typeof COUNTS)[number], number>;
const NOTHING: Readonly<Counts> = { queued: 0, full: 0, bufferFull: 0 };

/** A queue from when it was bound until it is let go. */
interface Bound {
  cookie: number;
  last: NfQueue;
  /** Not modulo anything. */
  total: Counts;
}

/** Queues of netfilter, which are to an inline sensor what a capture socket is to one that listens. */
export class Queues {
  #bound: ReadonlyMap<string, Bound> = new Map();
  readonly #drops = new Map<number, QueueDrops>();
  /** Below 0, where no socket has its cookie. */
  #cookie = 0;

  /** The queues that are bound now as capture sockets. */
  from(queues: readonly NfQueue[]): CaptureSocket[] {
    this.#bound = new Map(queues.map((queue) => [`${queue.number} ${queue.socket}`, this.#follow(queue)]));
    return [...this.#bound.values()].map(asSocket);
  }

  /** By number of the queue, over all that ever had the number. */
  drops(): Iterable<readonly [number: number, drops: QueueDrops]> {
    return this.#drops;
  }

  #follow(queue: NfQueue): Bound {
    const seen = this.#bound.get(`${queue.number} ${queue.socket}`);
    const before = seen && !COUNTS.some((count) => fell(seen.last[count], queue[count])) ? seen : undefined;
    const { last, total, cookie } = before ?? { last: NOTHING, total: NOTHING, cookie: --this.#cookie };
    const grown = (count: keyof Counts): number => growth(last[count], queue[count], U32);
    const { full, bufferFull } = this.#drops.get(queue.number) ?? NOTHING;
    this.#drops.set(queue.number, {
      full: full + grown('full'),
      bufferFull: bufferFull + grown('bufferFull'),
    });
    const counts = COUNTS.map((count) => [count, total[count] + grown(count)]);
    return { cookie, last: queue, total: Object.fromEntries(counts) as Counts };
  }
}

/** Whether a count starts anew, that of a queue which was bound again, and has not only wrapped. */
const fell = (before: number, now: number): boolean => now < before && growth(before, now, U32) === now;

/** Delivered is what reached the receive buffer, and with fail-open what passed by it. */
const asSocket = ({ cookie, last, total }: Bound): CaptureSocket => ({
  ...{ cookie, process: last.process, holder: last.holder, fanout: '' },
  ...{ device: `queue ${last.number}`, method: 'nfqueue', ringBytes: 0 },
  folded: [total.queued - total.bufferFull, total.full + total.bufferFull, 0],
  current: [0, 0, 0],
});
