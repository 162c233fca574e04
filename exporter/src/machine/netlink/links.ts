import { Attributes } from './attributes.js';
import type { Message } from './messages.js';
import type { Netlink } from './socket.js';

/** What a device has counted in one direction, as include/uapi/linux/if_link.h (`rtnl_link_stats64`) has it. */
export interface Traffic {
  packets: number;
  bytes: number;
  errors: number;
  /** `rx_dropped` or `tx_dropped` alone. */
  drops: number;
}

/**
 * `nic`: backed by hardware other than virtio. `other`: everything that would count packets a second time or
 * never carries any to a guest (loopback, veth, VLAN, bond, tunnel, tun without Ethernet, the ports of a switch behind a NIC
 * and within one).
 */
export type DeviceKind = 'nic' | 'virtio' | 'bridge' | 'tap' | 'macvtap' | 'other';

/** An XDP program on a device, by its id. */
export interface XdpProgram {
  mode: 'driver' | 'generic' | 'hardware';
  program: number;
}

/** A network device as rtnetlink has it. */
export interface Device {
  /** Unique in its namespace, kept through renames. */
  index: number;
  name: string;
  kind: DeviceKind;
  /** `bridge`, `tun`, `veth`, `vlan` and so on, as its driver calls it; empty for hardware and the loopback. */
  type: string;
  /** The type of what it is a port of, for example `bridge` or `bond`; empty where it is none. */
  portType: string;
  /** Whether spanning tree keeps it closed, as the port of a bridge. */
  blocked: boolean;
  /** The device it is a port of. */
  master: number | undefined;
  /** The device below it, or for a veth its peer; in the namespace `lowerNamespace` where that is known. */
  lower: number | undefined;
  /** This namespace's number for the other one; undefined where `lower` is in this one. */
  lowerNamespace: number | undefined;
  /** The bus of its hardware, for example `pci` or `virtio`; undefined for a virtual device. */
  bus: string | undefined;
  mtu: number;
  /** txqueuelen, in packets. */
  queueLength: number;
  transmitQueues: number;
  /** RFC 2863: 2 is down, 6 up; 0 not known. */
  operstate: number;
  /** How many have asked it for all packets. */
  promiscuity: number;
  protocolDown: boolean;
  /** The XDP programs that see its packets first: in its driver, in the kernel for any driver (`generic`), in its hardware. */
  xdp: readonly XdpProgram[];
  /** Whether it is a port within a NIC towards a function that this lends: what the NIC's own switch forwards does not come by. */
  representor: boolean;
  receive: Traffic & {
    fifoErrors: number;
    /** What the hardware had no buffer for. */
    missed: number;
    overErrors: number;
    /** What came to a port that its bond or team does not listen to. */
    noHandler: number;
    /** What was for another host, since Linux 5.19. */
    otherhost: number;
  };
  transmit: Traffic & { fifoErrors: number };
}

/** include/uapi/linux/rtnetlink.h, if_link.h, if_tun.h */
const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const IFINFOMSG = 16;
const IFLA = {
  ...{ IFNAME: 3, MTU: 4, LINK: 5, MASTER: 10, TXQLEN: 13, OPERSTATE: 16, LINKINFO: 18, STATS64: 23 },
  ...{
    EXT_MASK: 29,
    PROMISCUITY: 30,
    NUM_TX_QUEUES: 31,
    LINK_NETNSID: 37,
    PHYS_PORT_NAME: 38,
    PROTO_DOWN: 39,
    XDP: 43,
  },
  ...{ PARENT_DEV_NAME: 56, PARENT_DEV_BUS_NAME: 57 },
};
const IFLA_INFO = { KIND: 1, DATA: 2, SLAVE_KIND: 4, SLAVE_DATA: 5 };
const IFLA_TUN_TYPE = 3;
const IFLA_VXLAN_LINK = 3;
const IFLA_BRPORT_STATE = 1;
const BR_STATE_BLOCKING = 4;
const IFF_TAP = 2;
/** By the attribute that has the id of the program. */
const IFLA_XDP = { driver: 5, generic: 6, hardware: 7 } as const;

/** Without the statistics of IPv6, which cost the kernel as much as all the rest; those of the device stay. Since 4.5. */
const RTEXT_FILTER_SKIP_STATS = 8;

const attributes = new Attributes(IFLA.PARENT_DEV_BUS_NAME);
const info = new Attributes(IFLA_INFO.SLAVE_DATA);
const data = new Attributes(IFLA_TUN_TYPE);
const xdp = new Attributes(IFLA_XDP.hardware);

/** Every device of the namespace. Throws `NetlinkError`. */
export function readLinks(netlink: Netlink): Device[] {
  const request = new Uint32Array(IFINFOMSG / 4 + 2);
  request.set([(IFLA.EXT_MASK << 16) | 8, RTEXT_FILTER_SKIP_STATS], IFINFOMSG / 4);
  return netlink.dump(RTM_GETLINK, new Uint8Array(request.buffer), parseLink);
}

/** Undefined for what is no device. */
export function parseLink({ type: message, buffer, start, end }: Message): Device | undefined {
  if (message !== RTM_NEWLINK || end - start < IFINFOMSG) return undefined;
  const index = buffer.readInt32LE(start + 4);
  attributes.parse(buffer, start + IFINFOMSG, end);
  const name = attributes.text(IFLA.IFNAME);
  if (index <= 0 || !name) return undefined;
  info.parseNested(attributes, IFLA.LINKINFO);
  const type = info.text(IFLA_INFO.KIND) ?? '';
  const hardware = attributes.has(IFLA.PARENT_DEV_NAME);
  const bus = hardware ? (attributes.text(IFLA.PARENT_DEV_BUS_NAME) ?? '') : undefined;
  return {
    index,
    name,
    kind: kindOf(type, bus, attributes.u32(IFLA.LINK)),
    type,
    portType: info.text(IFLA_INFO.SLAVE_KIND) ?? '',
    blocked: isBlocked(),
    master: attributes.u32(IFLA.MASTER),
    lower: lowerOf(type),
    lowerNamespace: attributes.u32(IFLA.LINK_NETNSID),
    bus,
    mtu: attributes.u32(IFLA.MTU) ?? 0,
    queueLength: attributes.u32(IFLA.TXQLEN) ?? 0,
    transmitQueues: attributes.u32(IFLA.NUM_TX_QUEUES) ?? 1,
    operstate: attributes.u8(IFLA.OPERSTATE) ?? 0,
    promiscuity: attributes.u32(IFLA.PROMISCUITY) ?? 0,
    protocolDown: attributes.u8(IFLA.PROTO_DOWN) === 1,
    xdp: programs(),
    representor: isRepresentor(),
    receive: received(),
    transmit: transmitted(),
  };
}

const isBlocked = (): boolean =>
  info.text(IFLA_INFO.SLAVE_KIND) === 'bridge' &&
  data.parseNested(info, IFLA_INFO.SLAVE_DATA).u8(IFLA_BRPORT_STATE) === BR_STATE_BLOCKING;

/** A VXLAN has its own attribute for it, others have 0 where there is none. */
const lowerOf = (type: string): number | undefined =>
  (type === 'vxlan'
    ? data.parseNested(info, IFLA_INFO.DATA).u32(IFLA_VXLAN_LINK)
    : attributes.u32(IFLA.LINK)) || undefined;

function kindOf(type: string, bus: string | undefined, lower: number | undefined): DeviceKind {
  if (type === 'bridge' || type === 'macvtap') return type;
  if (type === 'tun') return isTap() ? 'tap' : 'other';
  if (bus === undefined || isPort(type, lower)) return 'other';
  return bus === 'virtio' ? 'virtio' : 'nic';
}

/**
 * Whether another NIC here counts what it carries: a port of a switch behind that NIC (dsa_user_get_iflink), one of the channels of a
 * modem, or a port within it towards a function that it lends (include/linux/devlink.h names these pf0vf1, c1pf0sf2). A
 * partition of an InfiniBand port has queues of its own (ipoib_get_iflink).
 */
const isPort = (type: string, lower: number | undefined): boolean =>
  (lower !== undefined && type !== 'ipoib') || isRepresentor();

const isRepresentor = (): boolean => /(vf|sf)\d+$/.test(attributes.text(IFLA.PHYS_PORT_NAME) ?? '');

function programs(): XdpProgram[] {
  if (!attributes.has(IFLA.XDP)) return [];
  xdp.parseNested(attributes, IFLA.XDP);
  return (Object.keys(IFLA_XDP) as XdpProgram['mode'][]).flatMap((mode) => {
    const program = xdp.u32(IFLA_XDP[mode]);
    return program ? [{ mode, program }] : [];
  });
}

const isTap = (): boolean => data.parseNested(info, IFLA_INFO.DATA).u8(IFLA_TUN_TYPE) === IFF_TAP;

/** rtnl_link_stats64 in its order; older kernels have fewer fields at the end. */
const RECEIVE = { packets: 0, bytes: 16, errors: 32, drops: 48, over: 88, fifo: 112, missed: 120 };
const RECEIVE_SINCE = { noHandler: 184, otherhost: 192 };
const TRANSMIT = { packets: 8, bytes: 24, errors: 40, drops: 56, fifo: 144 };

const counter = (offset: number): number => attributes.u64(IFLA.STATS64, offset) ?? 0;

const received = (): Device['receive'] => ({
  packets: counter(RECEIVE.packets),
  bytes: counter(RECEIVE.bytes),
  errors: counter(RECEIVE.errors),
  drops: counter(RECEIVE.drops),
  overErrors: counter(RECEIVE.over),
  fifoErrors: counter(RECEIVE.fifo),
  missed: counter(RECEIVE.missed),
  noHandler: counter(RECEIVE_SINCE.noHandler),
  otherhost: counter(RECEIVE_SINCE.otherhost),
});

const transmitted = (): Device['transmit'] => ({
  packets: counter(TRANSMIT.packets),
  bytes: counter(TRANSMIT.bytes),
  errors: counter(TRANSMIT.errors),
  drops: counter(TRANSMIT.drops),
  fifoErrors: counter(TRANSMIT.fifo),
});
