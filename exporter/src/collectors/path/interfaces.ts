import type { Sink } from '../../exposition/metric.js';
import type { Device, DeviceKind, Traffic, Vm } from '../../machine/index.js';
import { bytes, drops, packets, rxDropped } from './metrics.js';
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
      const place = [stage, device.name, vm];
      const [receive, transmit] = asTheHostCounts(device);
      write(sink, [...place, 'receive'], receive);
      write(sink, [...place, 'transmit'], transmit);
      sink.sample(drops, [...place, 'transmit'], transmit.drops);
      if (device.kind === 'macvtap') sink.sample(drops, [...place, 'receive'], receive.drops);
      else sink.sample(rxDropped, place, receive.drops);
    }
  }
}

/** Whether packets come and go through it between this machine and others. */
export const isNic = ({ kind }: Device): boolean => kind === 'nic' || kind === 'virtio';

/**
 * A macvtap counts what goes to the guest as received, because it came up from the NIC below. It takes all of that
 * (tap_handle_frame), so that its rx_dropped is loss; of every other device it is mostly what no protocol handler took.
 */
function asTheHostCounts({ kind, receive, transmit }: Device): [receive: Traffic, transmit: Traffic] {
  return kind === 'macvtap' ? [transmit, receive] : [receive, transmit];
}

function write(sink: Sink, labelValues: readonly string[], traffic: Traffic): void {
  sink.sample(packets, labelValues, traffic.packets);
  sink.sample(bytes, labelValues, traffic.bytes);
}
