/**
 * An AF_XDP sensor that never gives a buffer back, so that it drops what it has no room for. It answers every line on
 * stdin with a line of JSON: what it has received, and what the kernel's XDP_STATISTICS say.
 *
 *     npx tsx lab/guests/xdp-sensor.ts --device DEVICE --ring 32 --name COMM
 *
 * Source of the numbers: linux/if_xdp.h, linux/if_link.h, linux/bpf.h.
 */
import { realpathSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
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

const BPF = { MAP_CREATE: 0, MAP_UPDATE_ELEM: 2, PROG_LOAD: 5, LINK_CREATE: 28 } as const;
const BPF_MAP_TYPE_XSKMAP = 17;
const BPF_PROG_TYPE_XDP = 6;
const BPF_XDP = 37;
const XDP_FLAGS_SKB_MODE = 2;

const BUFFER_SIZE = 4096;
/** Buffers it gives the kernel at first, and for ever. */
export const BUFFERS = 16;
/** The memory it shares with the kernel. */
export const UMEM_BYTES = BUFFERS * BUFFER_SIZE;

/** `received` is the application's own count, from its ring; the rest is XDP_STATISTICS. */
export interface XdpTotals {
  received: number;
  dropped: number;
  ringFull: number;
}

class XdpSensor {
  readonly #fd: number;
  readonly #receiveRing: DataView<ArrayBuffer>;
  readonly #producer: number;

  constructor(device: string, ringSize: number) {
    const fd = (this.#fd = socket(AF_XDP, SOCK_RAW, 0));
    const umem = words(map(UMEM_BYTES).address, UMEM_BYTES, pair(BUFFER_SIZE, 0), 0);
    setSocketOption(fd, SOL_XDP, XDP_UMEM_REG, umem);
    for (const ring of [XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING])
      setSocketOption(fd, SOL_XDP, ring, Uint8Array.of(BUFFERS, 0, 0, 0));
    setSocketOption(fd, SOL_XDP, XDP_RX_RING, Uint8Array.of(ringSize, 0, 0, 0));
    const offsets = new BigUint64Array(16);
    getSocketOption(fd, SOL_XDP, XDP_MMAP_OFFSETS, new Uint8Array(offsets.buffer));
    const [receive, fill] = [offsets.subarray(0, 3), offsets.subarray(8, 11)];
    this.#receiveRing = map(4096, fd, PAGE_OF.receiveRing).bytes;
    this.#producer = Number(receive[0]);
    giveBuffers(map(4096, fd, PAGE_OF.fillRing).bytes, Number(fill[0]), Number(fill[2]));
    const ifindex = indexOf(device);
    bind(fd, new Uint8Array(Uint32Array.of(AF_XDP | (XDP_COPY << 16), ifindex, 0, 0).buffer));
    redirectTo(fd, ifindex);
  }

  totals(): XdpTotals {
    const statistics = new BigUint64Array(6);
    getSocketOption(this.#fd, SOL_XDP, XDP_STATISTICS, new Uint8Array(statistics.buffer));
    return {
      received: this.#receiveRing.getUint32(this.#producer, true),
      dropped: Number(statistics[0]),
      ringFull: Number(statistics[3]),
    };
  }
}

function giveBuffers(ring: DataView, producer: number, descriptors: number): void {
  for (let i = 0; i < BUFFERS; i++) ring.setBigUint64(descriptors + 8 * i, BigInt(i * BUFFER_SIZE), true);
  ring.setUint32(producer, BUFFERS, true);
}

/** Loads `return bpf_redirect_map(map, 0, XDP_PASS)` and attaches it, until this process ends. */
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

function main(): void {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { device: text, ring: text, name: text } });
  if (values.name !== undefined) writeFileSync('/proc/self/comm', values.name);
  const sensor = new XdpSensor(values.device ?? '', Number(values.ring));
  console.log('ready');
  createInterface(process.stdin)
    .on('line', () => console.log(JSON.stringify(sensor.totals())))
    .on('close', () => process.exit());
}

if (realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) main();
