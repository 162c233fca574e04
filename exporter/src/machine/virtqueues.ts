import type { Roots } from './holders.js';
import { list, readText } from './read.js';

/** A queue of one of this machine's own virtio devices, and how often it interrupted. */
export interface Virtqueue {
  /** The device on the virtio bus, for example `virtio2`. */
  device: string;
  /** As the driver calls it, for example `input.0`; `all` where the queues of a device share one interrupt. */
  queue: string;
  interrupts: number;
}

/** Parses /proc/interrupts; everything that is no virtio queue is left out. */
export function parseVirtqueues(text: string): Virtqueue[] {
  const [header = '', ...lines] = text.split('\n');
  const processors = header.trim().split(/\s+/).length;
  return lines.flatMap((line) => {
    const [, counts, actions] = new RegExp(`^ *\\d+:((?: +\\d+){${processors}}) (.*)$`).exec(line) ?? [];
    // A line is shared by what is separated by commas; it cannot be told whose interrupt it was.
    const [, device, queue] = /(?:^|\s)(virtio\d+)(?:-(\S+))?$/.exec(actions ?? '') ?? [];
    if (device === undefined || queue === 'config') return [];
    const interrupts = counts!
      .trim()
      .split(/ +/)
      .reduce((sum, count) => sum + Number(count), 0);
    return [{ device, queue: queue === undefined || queue === 'virtqueues' ? 'all' : queue, interrupts }];
  });
}

/** The queues of this machine as of now; none where it has no virtio device. */
export function readVirtqueues({ proc = '/proc', sys = '/sys' }: Roots = {}): Virtqueue[] {
  if (list(`${sys}/bus/virtio/devices`).length === 0) return [];
  return parseVirtqueues(readText(`${proc}/interrupts`) ?? '');
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
