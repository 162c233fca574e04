import { Attributes } from './attributes.js';
import type { Message } from './messages.js';
import { NetlinkError, type Netlink } from './socket.js';

/** A queueing discipline of a device. */
export interface Qdisc {
  /** The index of its device. */
  device: number;
  /** As tc calls it, for example `htb`; `clsact` and `ingress` only hold filters. */
  kind: string;
  /** Its number on its device, 0 for one that the kernel made by itself; the upper 16 bits are its own. */
  handle: number;
  /** The class of another that it hangs on, or `TC_H_ROOT`. */
  parent: number;
  /** Modulo 2^32. */
  drops: number;
  /** Handed to the device. */
  bytes: number;
  /** Packets that wait. */
  backlog: number;
}

/** include/uapi/linux/rtnetlink.h, pkt_sched.h, gen_stats.h */
const RTM_NEWQDISC = 36;
const RTM_GETQDISC = 38;
const TCMSG = 20;
const EOPNOTSUPP = 95;
const TCA = { KIND: 1, STATS2: 7 };
const TCA_STATS = { BASIC: 1, QUEUE: 3 };
const QUEUE = { qlen: 0, drops: 8 };
export const TC_H_ROOT = 0xffff_ffff;

const attributes = new Attributes(TCA.STATS2);
const statistics = new Attributes(TCA_STATS.QUEUE);

/**
 * The qdiscs of every device of the namespace, those inside others among them; none where the kernel is built without
 * traffic control. Throws `NetlinkError`.
 */
export function readQdiscs(netlink: Netlink): Qdisc[] {
  try {
    return netlink.dump(RTM_GETQDISC, new Uint8Array(TCMSG), parseQdisc);
  } catch (error) {
    if (error instanceof NetlinkError && error.errno === EOPNOTSUPP) return [];
    throw error;
  }
}

/** Undefined for what is no qdisc. */
export function parseQdisc({ type, buffer, start, end }: Message): Qdisc | undefined {
  if (type !== RTM_NEWQDISC || end - start < TCMSG) return undefined;
  attributes.parse(buffer, start + TCMSG, end);
  const kind = attributes.text(TCA.KIND);
  if (!kind) return undefined;
  statistics.parseNested(attributes, TCA.STATS2);
  return {
    device: buffer.readInt32LE(start + 4),
    kind,
    handle: buffer.readUInt32LE(start + 8),
    parent: buffer.readUInt32LE(start + 12),
    drops: statistics.u32(TCA_STATS.QUEUE, QUEUE.drops) ?? 0,
    bytes: statistics.u64(TCA_STATS.BASIC) ?? 0,
    backlog: statistics.u32(TCA_STATS.QUEUE, QUEUE.qlen) ?? 0,
  };
}
