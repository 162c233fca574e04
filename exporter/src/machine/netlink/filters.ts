import { Attributes } from './attributes.js';
import type { Message } from './messages.js';
import type { Netlink } from './socket.js';

/** The filters of one device in one direction. */
export interface Filters {
  count: number;
  /** What their actions dropped, each modulo 2^32. */
  drops: number;
  /** Whether one of them is a BPF program, which can drop and counts nothing. */
  programs: boolean;
}

/** include/uapi/linux/pkt_sched.h: the places of filters at a clsact qdisc. */
export const CLSACT = { receive: 0xffff_fff2, transmit: 0xffff_fff3 } as const;

/** include/uapi/linux/rtnetlink.h, pkt_cls.h, gen_stats.h */
const RTM_NEWTFILTER = 44;
const RTM_GETTFILTER = 46;
const TCMSG = 20;
const TCA = { KIND: 1, OPTIONS: 2, STATS: 3 };
const TCA_ACT_STATS = 4;
const TCA_STATS_QUEUE = 3;
const DROPS = { queue: 8, legacy: 12 };

/** The attribute with the actions of each kind of filter. */
const ACTIONS: Readonly<Record<string, number>> = {
  ...{ basic: 3, bpf: 1, cgroup: 1, flow: 9, flower: 3, fw: 4, matchall: 2, route: 6, u32: 7 },
};

const attributes = new Attributes(TCA.STATS);
const options = new Attributes(Math.max(...Object.values(ACTIONS)));
const action = new Attributes(TCA_ACT_STATS);
const statistics = new Attributes(TCA_STATS_QUEUE);

/** The filters of a device at one of the places of `CLSACT`. Throws `NetlinkError`. */
export function readFilters(netlink: Netlink, device: number, place: number): Filters {
  const request = new Uint32Array(TCMSG / 4);
  request.set([device, 0, place], 1);
  const found = netlink.dump(RTM_GETTFILTER, new Uint8Array(request.buffer), parseFilter);
  return {
    count: found.length,
    drops: found.reduce((sum, { drops }) => sum + drops, 0),
    programs: found.some(({ kind }) => kind === 'bpf'),
  };
}

/** Undefined for what is no filter. */
export function parseFilter({
  type,
  buffer,
  start,
  end,
}: Message): { kind: string; drops: number } | undefined {
  if (type !== RTM_NEWTFILTER || end - start < TCMSG) return undefined;
  attributes.parse(buffer, start + TCMSG, end);
  const kind = attributes.text(TCA.KIND) ?? '';
  // A policer that was given in the old way, as libvirt does, has its counters beside the filter.
  let drops = attributes.u32(TCA.STATS, DROPS.legacy) ?? 0;
  options.parseNested(attributes, TCA.OPTIONS);
  options.eachNested(Object.hasOwn(ACTIONS, kind) ? ACTIONS[kind]! : -1, (from, to) => {
    statistics.parseNested(action.parse(buffer, from, to), TCA_ACT_STATS);
    drops += statistics.u32(TCA_STATS_QUEUE, DROPS.queue) ?? 0;
  });
  return { kind, drops };
}
