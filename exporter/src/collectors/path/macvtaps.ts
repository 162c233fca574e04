import { Totals, U32, type Traffic } from '../../machine/index.js';

/** What a device has counted in both directions. */
export interface Flows {
  receive: Traffic;
  transmit: Traffic;
}

/** A macvtap at the last look. */
interface Seen {
  packets: number;
  losses: Totals;
  carried: number;
}

/**
 * Macvtaps and ipvtaps, turned to count as taps do. They count what goes to the guest as received, since it came up from
 * the device below, and before the queue takes it (macvlan_handle_frame): what the queue refuses is in rx_packets and in
 * rx_errors. rx_dropped has that too, and what this machine dropped while nobody held the device.
 */
export class Macvtaps {
  #before: ReadonlyMap<string, Seen> = new Map();
  #now = new Map<string, Seen>();

  /** `key` is the identity of the device. What is refused or dropped is counted in 32 bits; a count never falls here. */
  turn(key: string, { receive, transmit }: Flows): Flows {
    const last = this.#before.get(key);
    // Packets are counted in 64 bits: fewer than before are another device's.
    const same = last && last.packets <= receive.packets;
    const { losses, carried: least } = same ? last : { losses: new Totals(), carried: 0 };
    const refused = losses.next('refused', receive.errors, { range: U32 });
    const dropped = losses.next('dropped', transmit.drops, { range: U32 });
    const carried = Math.max(least, receive.packets - refused);
    this.#now.set(key, { packets: receive.packets, losses, carried });
    return {
      receive: { ...transmit, drops: dropped },
      transmit: { ...receive, packets: carried, drops: refused },
    };
  }

  /** Ends a look: devices that were not met in it are forgotten. */
  settle(): void {
    this.#before = this.#now;
    this.#now = new Map();
  }
}
