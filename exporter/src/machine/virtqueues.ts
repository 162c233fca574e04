import type { Roots } from './holders.js';
import { list, readText } from './read.js';
import { Totals, U32 } from './totals.js';

/** A queue of one of this machine's own virtio devices, and how often it interrupted. */
export interface Virtqueue {
  /** The device on the virtio bus, for example `virtio2`. */
  device: string;
  /** As the driver calls it, for example `input.0`; `all` where the queues of a device share one interrupt. */
  queue: string;
  interrupts: number;
}

/** A line of /proc/interrupts that is a queue's. */
export interface QueueInterrupts extends Omit<Virtqueue, 'interrupts'> {
  line: string;
  /** By column: `CPU3`. Numbers of 32 bits that start anew at 2^32; CPUs that are offline are not there. */
  counts: ReadonlyMap<string, number>;
}

/** Parses /proc/interrupts; everything that is no virtio queue is left out. */
export function parseVirtqueues(text: string): QueueInterrupts[] {
  const [header = '', ...lines] = text.split('\n');
  const processors = header.trim().split(/\s+/);
  const form = new RegExp(`^ *(\\d+):((?: +\\d+){${processors.length}}) (.*)$`);
  return lines.flatMap((text) => {
    const [, line, columns, actions] = form.exec(text) ?? [];
    // A line is shared by what is separated by commas; it cannot be told whose interrupt it was.
    const [, device, queue] = /(?:^|\s)(virtio\d+)(?:-(\S+))?$/.exec(actions ?? '') ?? [];
    if (device === undefined || queue === 'config') return [];
    const values = columns!.trim().split(/ +/).map(Number);
    const counts = new Map(processors.map((processor, i) => [processor, values[i]!]));
    return [
      { line: line!, device, queue: queue === undefined || queue === 'virtqueues' ? 'all' : queue, counts },
    ];
  });
}

/** How often the queues of this machine interrupted, however often the kernel's 32 bits end and CPUs go offline. */
export class Virtqueues {
  #totals: ReadonlyMap<string, Totals> = new Map();

  constructor(private readonly roots: Roots = {}) {}

  /** The queues as of now; none where this machine has no virtio device. */
  read(): Virtqueue[] {
    const { proc = '/proc', sys = '/sys' } = this.roots;
    const none = list(`${sys}/bus/virtio/devices`).length === 0;
    const lines = none ? [] : parseVirtqueues(readText(`${proc}/interrupts`) ?? '');
    const totals = new Map<string, Totals>();
    const queues = lines.map(({ line, device, queue, counts }) => {
      const key = `${line} ${device}-${queue}`;
      const known = this.#totals.get(key);
      const total = known ?? new Totals();
      // What a CPU that was offline at the first reading had counted before is not new.
      const wraps = { range: U32, ...(known && { first: 0 }) };
      for (const [processor, count] of counts) total.next(processor, count, wraps);
      totals.set(key, total);
      return { device, queue, interrupts: total.sum() };
    });
    this.#totals = totals;
    return queues;
  }
}

/** The network interface that a virtio device is; undefined for another kind of device. */
export const interfaceOf = (device: string, sys = '/sys'): string | undefined =>
  list(`${sys}/bus/virtio/devices/${device}/net`)[0];

/** A queue of a network card on the virtio bus. */
export interface NetworkQueue {
  /** The network interface. */
  device: string;
  /** The N of `virtio<N>`. */
  virtioIndex: number;
  /** As the driver calls it: `input.N` receives, `output.N` transmits. */
  queue: string;
  /** The queue's number on its device. */
  number: number;
}

/** The queues that the network cards of this namespace use now. Their numbers take turns: virtio, section "Network Device". */
export function networkQueues(sys = '/sys'): NetworkQueue[] {
  return list(`${sys}/bus/virtio/devices`).flatMap((virtio) => {
    const device = interfaceOf(virtio, sys);
    if (device === undefined) return [];
    const virtioIndex = Number(virtio.slice('virtio'.length));
    return list(`${sys}/bus/virtio/devices/${virtio}/net/${device}/queues`).map((name) => {
      const [direction, pair] = name.split('-') as ['rx' | 'tx', string];
      const [way, offset] = direction === 'rx' ? ['input', 0] : ['output', 1];
      return { device, virtioIndex, queue: `${way}.${pair}`, number: 2 * Number(pair) + offset };
    });
  });
}
