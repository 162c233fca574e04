import { Attributes } from './attributes.js';
import type { Message } from './messages.js';
import type { Netlink } from './socket.js';

/** A datapath of Open vSwitch in the kernel, as `ovs-dpctl show -s` has it. */
export interface Datapath {
  /** The index of the device that has its name. */
  index: number;
  name: string;
  /** Packets for which a flow was there. */
  hit: number;
  /** Packets for which none was there: they were to go to the process of Open vSwitch. */
  missed: number;
  /** Packets that this process did not take in time. */
  lost: number;
}

/** A port of a datapath. */
export interface DatapathPort {
  name: string;
  /** Packets from it that the process of Open vSwitch did not take in time; undefined before Linux 6.3. */
  lost: number | undefined;
}

/** include/uapi/linux/genetlink.h */
const GENL_ID_CTRL = 16;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_ATTR = { FAMILY_ID: 1, FAMILY_NAME: 2 };
const GENLMSGHDR = 4;

/** include/uapi/linux/openvswitch.h: struct ovs_header, which begins with the index of the datapath, is behind the one before. */
const HEADERS = GENLMSGHDR + 4;
const CMD_GET = 3;
const FAMILIES = {
  datapath: { name: 'ovs_datapath', version: 2 },
  port: { name: 'ovs_vport', version: 1 },
} as const;
const OVS_DP_ATTR = { NAME: 1, STATS: 3 };
const DP_STATS = { hit: 0, missed: 8, lost: 16 };
const OVS_VPORT_ATTR = { NAME: 3, UPCALL_STATS: 10 };
const OVS_VPORT_UPCALL_ATTR_FAIL = 1;

const attributes = new Attributes(OVS_VPORT_ATTR.UPCALL_STATS);
const upcalls = new Attributes(OVS_VPORT_UPCALL_ATTR_FAIL);

/** What message types the kernel has given to Open vSwitch; they stay while its module does. */
export interface Families {
  datapath: number;
  port: number;
}

/**
 * To be asked only where the module is loaded: the kernel would load it for any user who asks. Throws `NetlinkError` where
 * it is not there.
 */
export const findFamilies = (netlink: Netlink): Families => ({
  datapath: findFamily(netlink, FAMILIES.datapath.name),
  port: findFamily(netlink, FAMILIES.port.name),
});

/** The datapaths of the namespace of a generic socket. Throws `NetlinkError`. */
export const readDatapaths = (netlink: Netlink, { datapath }: Families): Datapath[] =>
  netlink.dump(datapath, request(FAMILIES.datapath.version, 0), parseDatapath);

/** The ports of a datapath. Throws `NetlinkError`. */
export const readPorts = (netlink: Netlink, { port }: Families, datapath: number): DatapathPort[] =>
  netlink.dump(port, request(FAMILIES.port.version, datapath), parsePort);

/** Undefined for what has no name or no counters. */
export function parseDatapath({ buffer, start, end }: Message): Datapath | undefined {
  if (end - start < HEADERS) return undefined;
  attributes.parse(buffer, start + HEADERS, end);
  const name = attributes.text(OVS_DP_ATTR.NAME);
  if (!name || !attributes.has(OVS_DP_ATTR.STATS)) return undefined;
  const counter = (at: number): number => attributes.u64(OVS_DP_ATTR.STATS, at) ?? 0;
  return {
    index: buffer.readInt32LE(start + GENLMSGHDR),
    name,
    hit: counter(DP_STATS.hit),
    missed: counter(DP_STATS.missed),
    lost: counter(DP_STATS.lost),
  };
}

/** Undefined for what has no name. */
export function parsePort({ buffer, start, end }: Message): DatapathPort | undefined {
  if (end - start < HEADERS) return undefined;
  attributes.parse(buffer, start + HEADERS, end);
  const name = attributes.text(OVS_VPORT_ATTR.NAME);
  if (!name) return undefined;
  upcalls.parseNested(attributes, OVS_VPORT_ATTR.UPCALL_STATS);
  return { name, lost: upcalls.u64(OVS_VPORT_UPCALL_ATTR_FAIL) };
}

function findFamily(netlink: Netlink, name: string): number {
  const text = Buffer.from(`${name}\0`);
  const padded = (text.length + 3) & ~3;
  const payload = Buffer.alloc(GENLMSGHDR + 4 + padded);
  payload.set([CTRL_CMD_GETFAMILY, 1]);
  payload.writeUInt16LE(4 + text.length, GENLMSGHDR);
  payload.writeUInt16LE(CTRL_ATTR.FAMILY_NAME, GENLMSGHDR + 2);
  text.copy(payload, GENLMSGHDR + 4);
  const [family] = netlink.get(GENL_ID_CTRL, payload, ({ buffer, start, end }) =>
    attributes.parse(buffer, start + GENLMSGHDR, end).u16(CTRL_ATTR.FAMILY_ID),
  );
  return family ?? 0;
}

function request(version: number, datapath: number): Uint8Array {
  const payload = Buffer.alloc(HEADERS);
  payload.set([CMD_GET, version]);
  payload.writeInt32LE(datapath, GENLMSGHDR);
  return payload;
}
