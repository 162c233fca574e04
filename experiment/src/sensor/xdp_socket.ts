/**
 * An AF_XDP socket on the first queue of a device, in copy mode, and the program that hands it the frames of that queue. Source
 * of the numbers: linux/if_xdp.h, linux/if_link.h, linux/bpf.h.
 */
import { bind, bpf, getSocketOption, map, setSocketOption, socket } from './libc.js';
import { indexOf } from './network.js';

const AF_XDP = 44;
const SOCK_RAW = 3;
const SOL_XDP = 283;
const XDP_MMAP_OFFSETS = 1;
const XDP_RX_RING = 2;
const XDP_UMEM_REG = 4;
const XDP_UMEM_FILL_RING = 5;
const XDP_UMEM_COMPLETION_RING = 6;
const XDP_STATISTICS = 7;
const XDP_COPY = 2;
const PAGE_OF = { receiveRing: 0, fillRing: 0x1_0000_0000 } as const;
const RECEIVE_DESCRIPTOR_BYTES = 16;
const FILL_DESCRIPTOR_BYTES = 8;
const PAGE = 4096;

const BPF = { MAP_CREATE: 0, MAP_UPDATE_ELEM: 2, PROG_LOAD: 5, LINK_CREATE: 28 } as const;
const BPF_MAP_TYPE_XSKMAP = 17;
const BPF_PROG_TYPE_XDP = 6;
const BPF_XDP = 37;
const XDP_FLAGS_SKB_MODE = 2;

/** Bytes of a buffer, of which each takes one frame. */
export const BUFFER_BYTES = 4096;

/** How much room it has; both are powers of two. */
export interface XdpRoom {
  /** Descriptors of the receive ring. */
  ring: number;
  /** Buffers, given to the kernel at first. */
  buffers: number;
}

/** Where a ring has its parts, in bytes from its start. */
interface Ring {
  view: DataView<ArrayBuffer>;
  producer: number;
  consumer: number;
  descriptors: number;
  size: number;
}

/** An open socket. Its program leaves the device when this process ends. */
export class XdpSocket {
  readonly fd: number;
  readonly #received: Ring;
  readonly #fill: Ring;
  readonly #memory: DataView<ArrayBuffer>;
  /** Frames taken so far. */
  #taken = 0;

  /** Throws `SystemError`. */
  constructor(device: string, { ring, buffers }: XdpRoom) {
    const fd = (this.fd = socket(AF_XDP, SOCK_RAW, 0));
    const bytes = buffers * BUFFER_BYTES;
    const memory = map(bytes);
    this.#memory = memory.bytes;
    setSocketOption(fd, SOL_XDP, XDP_UMEM_REG, words(memory.address, bytes, pair(BUFFER_BYTES, 0), 0));
    for (const option of [XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING])
      setSocketOption(fd, SOL_XDP, option, word(buffers));
    setSocketOption(fd, SOL_XDP, XDP_RX_RING, word(ring));
    const offsets = new BigUint64Array(16);
    getSocketOption(fd, SOL_XDP, XDP_MMAP_OFFSETS, new Uint8Array(offsets.buffer));
    const at = (from: number, page: number, size: number, entry: number): Ring => {
      const [producer, consumer, descriptors] = [...offsets.subarray(from, from + 3)].map(Number);
      const length = Math.ceil((descriptors! + size * entry) / PAGE) * PAGE;
      const view = map(length, fd, page).bytes;
      return { view, producer: producer!, consumer: consumer!, descriptors: descriptors!, size };
    };
    this.#received = at(0, PAGE_OF.receiveRing, ring, RECEIVE_DESCRIPTOR_BYTES);
    this.#fill = at(8, PAGE_OF.fillRing, buffers, FILL_DESCRIPTOR_BYTES);
    for (let i = 0; i < buffers; i++) this.#setFill(i, BigInt(i * BUFFER_BYTES));
    this.#fill.view.setUint32(this.#fill.producer, buffers, true);
    const ifindex = indexOf(device);
    bind(fd, new Uint8Array(Uint32Array.of(AF_XDP | (XDP_COPY << 16), ifindex, 0, 0).buffer));
    redirectTo(fd, ifindex);
  }

  /** Frames that the kernel has put into the ring, taken or not; in 32 bits. */
  get received(): number {
    return this.#received.view.getUint32(this.#received.producer, true);
  }

  /** XDP_STATISTICS, which are not cleared by that: what found no buffer, and what found the ring full. */
  statistics(): { dropped: number; ringFull: number } {
    const statistics = new BigUint64Array(6);
    getSocketOption(this.fd, SOL_XDP, XDP_STATISTICS, new Uint8Array(statistics.buffer));
    return { dropped: Number(statistics[0]), ringFull: Number(statistics[3]) };
  }

  /** Takes every frame that waits, shows it to `look`, which must not keep it, and gives its buffer back. */
  take(look: (frame: Buffer) => void): void {
    const { view, consumer, descriptors, size } = this.#received;
    const waiting = (this.received - this.#taken) >>> 0;
    for (let i = 0; i < waiting; i++) {
      const descriptor = descriptors + RECEIVE_DESCRIPTOR_BYTES * ((this.#taken + i) & (size - 1));
      const address = view.getBigUint64(descriptor, true);
      look(Buffer.from(this.#memory.buffer, Number(address), view.getUint32(descriptor + 8, true)));
      this.#giveBack(address);
    }
    this.#taken = (this.#taken + waiting) >>> 0;
    view.setUint32(consumer, this.#taken, true);
  }

  /** The ring has room for every buffer there is. */
  #giveBack(address: bigint): void {
    const { view, producer } = this.#fill;
    const place = view.getUint32(producer, true);
    this.#setFill(place, address);
    view.setUint32(producer, place + 1, true);
  }

  #setFill(place: number, address: bigint): void {
    const { view, descriptors, size } = this.#fill;
    view.setBigUint64(descriptors + FILL_DESCRIPTOR_BYTES * (place & (size - 1)), address, true);
  }
}

/**
 * Loads `return bpf_redirect_map(map, 0, XDP_PASS)` and attaches it, until this process ends. Not in the driver: there a frame
 * that finds no room is booked to the socket and, by some drivers (virtio_net), to the NIC again.
 */
function redirectTo(fd: number, ifindex: number): void {
  const sockets = bpf(BPF.MAP_CREATE, words(pair(BPF_MAP_TYPE_XSKMAP, 4), pair(4, 1)));
  const memory = map(4096);
  const program = [
    [0x18, 0x11, sockets], // r1 = map
    [0, 0, 0],
    [0xb7, 0x02, 0], // r2 = 0
    [0xb7, 0x03, 2], // r3 = XDP_PASS
    [0x85, 0, 51], // call bpf_redirect_map
    [0x95, 0, 0], // exit
  ] as const;
  program.forEach(([opcode, registers, value], i) => {
    memory.bytes.setUint16(8 * i, opcode | (registers << 8), true);
    memory.bytes.setInt32(8 * i + 4, value, true);
  });
  const [license, key, value] = [1024, 2048, 3072];
  new Uint8Array(memory.bytes.buffer).set(new TextEncoder().encode('GPL'), license);
  memory.bytes.setUint32(value, fd, true);
  const at = (offset: number): bigint => memory.address + BigInt(offset);
  const loaded = bpf(
    BPF.PROG_LOAD,
    words(pair(BPF_PROG_TYPE_XDP, program.length), memory.address, at(license)),
  );
  bpf(BPF.MAP_UPDATE_ELEM, words(sockets, at(key), at(value), 0));
  bpf(BPF.LINK_CREATE, words(pair(loaded, ifindex), pair(BPF_XDP, XDP_FLAGS_SKB_MODE)));
}

const words = (...values: (number | bigint)[]): Uint8Array =>
  new Uint8Array(BigUint64Array.from(values.map(BigInt)).buffer);

/** Two numbers of 32 bits side by side. */
const pair = (low: number, high: number): bigint => BigInt(low) | (BigInt(high) << 32n);

const word = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
