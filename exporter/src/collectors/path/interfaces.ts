import type { Sink } from '../../exposition/metric.js';
import type { Device, DeviceKind, Traffic, Vm } from '../../machine/index.js';
import { bytes, drops, packets } from './metrics.js';
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
  /** The VM that holds a tap. */
  vmOf: (tap: string) => Vm | undefined;
  /** Whether this machine is a guest and runs none. */
  guest: boolean;
}

/** NICs, bridges and taps as /proc/net/dev counts them. */
export class Interfaces implements Stage {
  readonly #vmOf: InterfacesOptions['vmOf'];
  readonly #stages: typeof stages;

  constructor({ vmOf, guest }: InterfacesOptions) {
    this.#vmOf = vmOf;
    this.#stages = guest ? stagesInGuest : stages;
  }

  collect(sink: Sink, devices: readonly Device[]): void {
    for (const device of devices) {
      const stage = this.#stages[device.kind];
      if (stage === undefined) continue;
      const vm = (stage === 'tap' && this.#vmOf(device.name)?.name) || '';
      const [receive, transmit] = asTheHostCounts(device);
      write(sink, [stage, device.name, vm, 'receive'], receive);
      write(sink, [stage, device.name, vm, 'transmit'], transmit);
      // What the driver of a virtio NIC lost is among its own counters: see NicHardware.
      if (device.kind !== 'virtio') sink.sample(drops, [stage, device.name, vm, 'receive'], receive.drops);
      sink.sample(drops, [stage, device.name, vm, 'transmit'], transmit.drops);
    }
  }
}

/** Whether packets come and go through it between this machine and others. */
export const isNic = ({ kind }: Device): boolean => kind === 'nic' || kind === 'virtio';

/** A macvtap counts what goes to the guest as received, because it came up from the NIC below. */
function asTheHostCounts({ kind, receive, transmit }: Device): [receive: Traffic, transmit: Traffic] {
  return kind === 'macvtap' ? [transmit, receive] : [receive, transmit];
}

function write(sink: Sink, labelValues: readonly string[], traffic: Traffic): void {
  sink.sample(packets, labelValues, traffic.packets);
  sink.sample(bytes, labelValues, traffic.bytes);
}
