/** What a flow monitor keeps: frames and bytes of every IPv4 flow, as bpf/xdp_flows.bpf.c has them. */

/** The flow that has been there longest goes where there are more. */
const MAX_FLOWS = 65536;

const ETHERTYPE = 12;
const IPV4 = 0x0800;
const HEADER = 14;
const PROTOCOL = HEADER + 9;
const ADDRESSES = HEADER + 12;
const WITH_PORTS = new Set([6, 17]);

interface Flow {
  frames: number;
  bytes: number;
  firstMs: number;
  lastMs: number;
}

/** Flows by their addresses, ports and protocol. */
export class FlowTable {
  readonly #flows = new Map<string, Flow>();

  get size(): number {
    return this.#flows.size;
  }

  /** Takes in one frame; one that is no IPv4 belongs to no flow. */
  add(frame: Buffer): void {
    if (frame.length < ADDRESSES + 8 || frame.readUInt16BE(ETHERTYPE) !== IPV4) return;
    const key = keyOf(frame);
    const now = Date.now();
    const known = this.#flows.get(key);
    if (known) {
      known.frames++;
      known.bytes += frame.length;
      known.lastMs = now;
      return;
    }
    if (this.#flows.size === MAX_FLOWS) this.#flows.delete(this.#flows.keys().next().value!);
    this.#flows.set(key, { frames: 1, bytes: frame.length, firstMs: now, lastMs: now });
  }
}

/** A fragment after the first has no ports. */
function keyOf(frame: Buffer): string {
  const protocol = frame[PROTOCOL]!;
  const addresses = frame.toString('latin1', ADDRESSES, ADDRESSES + 8);
  const first = (frame.readUInt16BE(HEADER + 6) & 0x1fff) === 0;
  if (!first || !WITH_PORTS.has(protocol)) return addresses + String.fromCharCode(protocol);
  const ports = HEADER + (frame[HEADER]! & 0xf) * 4;
  return addresses + String.fromCharCode(protocol) + frame.toString('latin1', ports, ports + 4);
}
