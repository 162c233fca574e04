import type { Sink } from '../../exposition/metric.js';
import { CLSACT, readFilters, readQdiscs, type Device, type Netlink } from '../../machine/index.js';
import type { VmTap } from '../../watch.js';
import { FilterDrops } from './filter_drops.js';
import { backlog, drops, packets } from './metrics.js';
import { QdiscDrops } from './qdisc_drops.js';
import type { Stage } from './stage.js';

/**
 * What is between a device and those that send through it: its queueing discipline, where rate limits drop, and tc filters
 * on the way in and out. No counter of the device has these drops.
 */
export class TrafficControl implements Stage {
  readonly #queues = new QdiscDrops();
  readonly #filters: FilterDrops;
  /** What filters let in, by device: two sources that are not read at one moment, whose difference must not fall. */
  #letIn: ReadonlyMap<number, number> = new Map();

  /** `namespace` is the inode number of the network namespace of this process. */
  constructor(
    private readonly netlink: Netlink,
    private readonly namespace: number | undefined,
  ) {
    this.#filters = new FilterDrops((device, direction) => readFilters(netlink, device, CLSACT[direction]));
  }

  collect(sink: Sink, devices: readonly Device[], taps: readonly VmTap[]): void {
    const vms = new Map(
      taps.filter(({ tap }) => tap.netns === this.namespace).map(({ tap, vm }) => [tap.ifindex, vm.name]),
    );
    const indexes = new Set(devices.map(({ index }) => index));
    const qdiscs = readQdiscs(this.netlink);
    const queueing = this.#queues.follow(qdiscs, indexes);
    const filtered = this.#filters.follow(qdiscs, indexes);
    const letIn = new Map<number, number>();
    for (const { index, name, kind, receive, transmit } of devices) {
      const queue = queueing.get(index);
      const filters = filtered.get(index);
      if (!queue && !filters) continue;
      const vm = vms.get(index) ?? '';
      const [inwards, outwards] = kind === 'macvtap' ? TURNED : STRAIGHT;
      // In packets as the device sees them: a qdisc counts the frames that a large one will become, and drops it as one.
      const handedOver = transmit.packets + transmit.drops;
      if (queue) {
        write(sink, ['qdisc', name, vm, outwards], handedOver, queue.drops);
        sink.sample(backlog, [name, vm], queue.backlog);
      }
      if (!filters) continue;
      letIn.set(index, Math.max(this.#letIn.get(index) ?? 0, receive.packets - filters.receive));
      write(sink, ['tc', name, vm, inwards], letIn.get(index)!, filters.receive);
      write(sink, ['tc', name, vm, outwards], handedOver + (queue?.drops ?? 0), filters.transmit);
    }
    this.#letIn = letIn;
  }
}

/** A macvtap is turned to agree with a tap, whose host transmits what the guest receives. */
const STRAIGHT = ['receive', 'transmit'] as const;
const TURNED = ['transmit', 'receive'] as const;

function write(sink: Sink, labelValues: readonly string[], carried: number, dropped: number): void {
  sink.sample(packets, labelValues, carried);
  sink.sample(drops, labelValues, dropped);
}
