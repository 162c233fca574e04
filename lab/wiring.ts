/** The network between a wire and a nested guest, inside the emulated host. */
import type { Machine } from './machine.js';

/** Short, so that a burst can overflow it and a loss is there to be seen. */
const QUEUE_FRAMES = 100;

/** The interfaces a nested guest brings along in the emulated host. */
export interface Wiring {
  bridge: string;
  tap: string;
  /** Frames sent out of this interface arrive on the bridge, as from a wire. */
  wire: string;
}

/** A bridge with the guest's tap and one end of a cable; no addresses, so that only the traffic source speaks. */
export async function layWire(host: Machine): Promise<Wiring> {
  const wiring = { bridge: 'br0', tap: 'tap0', wire: 'wire0' };
  const { bridge, tap, wire } = wiring;
  await host.must(`set -e
    ip link add ${bridge} type bridge
    ip tuntap add ${tap} mode tap
    ip link set ${tap} txqueuelen ${QUEUE_FRAMES}
    ip link add ${wire} type veth peer name ${wire}-port
    for device in ${bridge} ${tap} ${wire} ${wire}-port; do
      echo 1 > /proc/sys/net/ipv6/conf/$device/disable_ipv6
      ip link set $device up
    done
    ip link set ${tap} master ${bridge}
    ip link set ${wire}-port master ${bridge}`);
  return wiring;
}
