import type { Sink } from '../../exposition/metric.js';
import type { Device, DeviceKind, HeldTap } from '../../machine/index.js';
import type { VmTap } from '../../watch.js';
import { Macvtaps, type Flows } from './macvtaps.js';
import { bytes, drops, packets, queueLimit, queuePackets, rxDropped } from './metrics.js';
import type { Stage } from './stage.js';

const stages: Partial<Record<DeviceKind, string>> = {
  nic: 'nic_driver',
  virtio: 'nic_driver',
  bridge: 'bridge',
  tap: 'tap',
  macvtap: 'tap',
};

/** What a guest receives through virtio has been through a NIC, a bridge and a tap of its host before. */
const stagesInGuest: typeof stages = { ...stages, virtio: 'guest_nic' };

export interface InterfacesOptions {
  /** Whether this machine is a guest and runs none. */
  guest: boolean;
  /** Inode number of the network namespace of this process. */
  namespace: number | undefined;
}

/**
 * NICs and bridges of this network namespace, and taps that no VM holds, as their devices count them; the taps of VMs, in any
 * network namespace, as the kernel counts them. Of a NIC that another one takes its packets from, only what it dropped: that of
 * Hyper-V counts what its virtual function carries beside its own (netvsc_get_stats64).
 */
export class Interfaces implements Stage {
  readonly #namespace: InterfacesOptions['namespace'];
  readonly #stages: typeof stages;
  readonly #macvtaps = new Macvtaps();

  constructor({ guest, namespace }: InterfacesOptions) {
    this.#namespace = namespace;
    this.#stages = guest ? stagesInGuest : stages;
  }

  collect(sink: Sink, devices: readonly Device[], taps: readonly VmTap[]): void {
    const here = new Map(
      taps.filter(({ tap }) => tap.netns === this.#namespace).map((held) => [held.tap.ifindex, held]),
    );
    const nics = new Set(devices.filter(isNic).map(({ index }) => index));
    for (const device of devices) {
      const stage = this.#stages[device.kind];
      const held = stage === 'tap' ? here.get(device.index) : undefined;
      if (stage === undefined) continue;
      const place = [stage, device.name, held?.vm.name ?? ''];
      if (nics.has(device.master ?? 0)) sink.sample(drops, [...place, 'transmit'], device.transmit.drops);
      else if (!held?.tap.counters) this.#write(sink, place, device, `${this.#namespace}:${device.index}`);
      if (device.kind !== 'macvtap') sink.sample(rxDropped, place, device.receive.drops);
    }
    for (const { device, vm, tap } of named(taps)) this.#writeTap(sink, device, vm.name, tap);
    this.#macvtaps.settle();
  }

  #writeTap(sink: Sink, device: string, vm: string, tap: HeldTap): void {
    if (tap.queue) {
      sink.sample(queuePackets, [device, vm], tap.queue.waiting);
      sink.sample(queueLimit, [device, vm], tap.queue.room);
    }
    if (!tap.counters) return;
    const place = ['tap', device, vm];
    this.#write(sink, place, { kind: tap.kind, ...tap.counters }, `${tap.netns}:${tap.ifindex}`);
    if (tap.kind !== 'macvtap' && tap.netns !== this.#namespace)
      sink.sample(rxDropped, place, tap.counters.receive.drops);
  }

  /** `key` is the identity of the device. */
  #write(
    sink: Sink,
    place: readonly string[],
    { kind, ...flows }: Flows & Pick<Device, 'kind'>,
    key: string,
  ): void {
    const { receive, transmit } = kind === 'macvtap' ? this.#macvtaps.turn(key, flows) : flows;
    for (const [direction, traffic] of [
      ['receive', receive],
      ['transmit', transmit],
    ] as const) {
      sink.sample(packets, [...place, direction], traffic.packets);
      sink.sample(bytes, [...place, direction], traffic.bytes);
    }
    sink.sample(drops, [...place, 'transmit'], transmit.drops);
    // Turned, it is the tx_dropped of a macvtap. The rx_dropped of any other device is mostly what no protocol handler took.
    if (kind === 'macvtap') sink.sample(drops, [...place, 'receive'], receive.drops);
  }
}

/** Whether packets come and go through it between this machine and others. */
export const isNic = ({ kind }: Device): boolean => kind === 'nic' || kind === 'virtio';

/** Whether a VM may be behind it. */
export const isTap = ({ kind }: Device): boolean => stages[kind] === 'tap';

/** Taps with a name each: a second one that its VM has under the same name, in another namespace, gets that one's number. */
export function* named(taps: readonly VmTap[]): Generator<VmTap & { device: string }> {
  const taken = new Set<string>();
  for (const { vm, tap } of taps) {
    const plain = JSON.stringify([vm.name, tap.device]);
    yield { vm, tap, device: taken.has(plain) ? `${tap.device}@${tap.netns}` : tap.device };
    taken.add(plain);
  }
}
