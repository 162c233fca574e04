import { capture_method, capture_socket, textOf } from '../../kernel/index.js';
import { ticksOf, type Holder } from '../../machine/index.js';

/** How packets reach the application: the receive buffer, a ring of AF_PACKET's versions 1 to 3, AF_XDP, or a queue of netfilter. */
export type Method = 'plain' | 'v1' | 'v2' | 'v3' | 'xdp' | 'nfqueue';

/** Delivered packets, dropped packets, and how often the ring was frozen. */
export type Counters = readonly [delivered: number, drops: number, freezes: number];

/** One capture socket as it was seen once. What it ever counted is `folded` + `current`. */
export interface CaptureSocket {
  /** The kernel's own identity of the socket: never given twice. Below 0 for a queue of netfilter. */
  cookie: number;
  /** Name of the process, hostile text of up to 15 bytes. */
  process: string;
  /** The process that holds it, or that closed it. */
  holder: Pick<Holder, 'pid' | 'startTicks'>;
  /** Number of its fanout group in its network namespace, or ''. */
  fanout: string;
  /** Interface in the socket's own network namespace; `any` for all, `removed` where it is gone, `queue 0` for such a queue. */
  device: string;
  method: Method;
  /** The ring, the receive buffer where there is none, or for AF_XDP the memory shared with the kernel. */
  ringBytes: number;
  folded: Counters;
  /** Since the application last read them; 32 bits that wrap around. */
  current: Counters;
}

const methods: Readonly<Record<number, Method>> = {
  [capture_method.METHOD_PLAIN]: 'plain',
  [capture_method.METHOD_V1]: 'v1',
  [capture_method.METHOD_V2]: 'v2',
  [capture_method.METHOD_V3]: 'v3',
  [capture_method.METHOD_XDP]: 'xdp',
};

const { fields } = capture_socket;

/** bpf/capture.h */
const FANOUT = 0x10000;

/** Reads a record of the iterator or a row. Undefined where its method is one this exporter does not know. */
export function parseSocket(record: Buffer): CaptureSocket | undefined {
  const u32 = ({ offset }: { offset: number }): number => record.readUInt32LE(offset);
  const u64 = ({ offset }: { offset: number }): number => Number(record.readBigUInt64LE(offset));
  const method = methods[u32(fields.method)];
  if (!method) return undefined;
  const name = textOf(record, fields.device);
  return {
    cookie: u64(fields.cookie),
    process: textOf(record, fields.process),
    holder: { pid: u32(fields.tgid), startTicks: ticksOf(u64(fields.start_ns)) },
    fanout: u32(fields.fanout) === 0 ? '' : String(u32(fields.fanout) % FANOUT),
    device: name || (u32(fields.ifindex) === 0 ? 'any' : 'removed'),
    method,
    ringBytes: u64(fields.ring_bytes),
    folded: [u64(fields.folded_delivered), u64(fields.folded_drops), u64(fields.folded_freezes)],
    current: [u32(fields.delivered), u32(fields.drops), u32(fields.freezes)],
  };
}
