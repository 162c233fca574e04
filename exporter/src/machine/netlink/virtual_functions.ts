import { Attributes } from './attributes.js';
import type { Message } from './messages.js';
import type { Netlink } from './socket.js';

/** What a virtual function has carried and lost in one direction. */
interface Flow {
  packets: number;
  bytes: number;
  drops: number;
}

/** A virtual function as the physical one counts it; whose driver counts nothing says 0 of everything. */
export interface VirtualFunction {
  /** As in `ip link set <device> vf <number>`. */
  number: number;
  /** What came to it: the directions are its own. */
  receive: Flow;
  transmit: Flow;
}

/** include/uapi/linux/rtnetlink.h, if_link.h */
const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const IFINFOMSG = 16;
const IFLA = { VFINFO_LIST: 22, EXT_MASK: 29 };
const IFLA_VF = { MAC: 1, STATS: 8 };
const RECEIVE = { packets: 0, bytes: 2, drops: 7 };
const TRANSMIT = { packets: 1, bytes: 3, drops: 8 };
const RTEXT_FILTER_VF = 1;

const attributes = new Attributes(IFLA.VFINFO_LIST);
const one = new Attributes(IFLA_VF.STATS);
const statistics = new Attributes(TRANSMIT.drops);

/**
 * The virtual functions of a device, asked for on their own: with them the answer about a device has some 300 bytes more for
 * each, and the driver may ask its firmware. Throws `NetlinkError`.
 */
export function readVirtualFunctions(netlink: Netlink, device: number): VirtualFunction[] {
  const request = new Uint32Array(IFINFOMSG / 4 + 2);
  request[1] = device;
  request.set([(IFLA.EXT_MASK << 16) | 8, RTEXT_FILTER_VF], IFINFOMSG / 4);
  return netlink.get(RTM_GETLINK, new Uint8Array(request.buffer), parseVirtualFunctions).flat();
}

/** Undefined for what is no device. */
export function parseVirtualFunctions({ type, buffer, start, end }: Message): VirtualFunction[] | undefined {
  if (type !== RTM_NEWLINK || end - start < IFINFOMSG) return undefined;
  const found: VirtualFunction[] = [];
  attributes.parse(buffer, start + IFINFOMSG, end).eachNested(IFLA.VFINFO_LIST, (from, to) => {
    // Each of its attributes begins with the number.
    const number = one.parse(buffer, from, to).u32(IFLA_VF.MAC);
    if (number === undefined || !one.has(IFLA_VF.STATS)) return;
    statistics.parseNested(one, IFLA_VF.STATS);
    found.push({ number, receive: flowOf(RECEIVE), transmit: flowOf(TRANSMIT) });
  });
  return found;
}

const flowOf = ({ packets, bytes, drops }: typeof RECEIVE): Flow => ({
  packets: statistics.u64(packets) ?? 0,
  bytes: statistics.u64(bytes) ?? 0,
  drops: statistics.u64(drops) ?? 0,
});
