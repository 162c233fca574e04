/**
 * A capture socket as sensors open it: AF_PACKET without a ring or with one of version 1, 2 or 3, small enough that a
 * burst overflows it. Source of the numbers: linux/if_packet.h, asm-generic/socket.h.
 */
import {
  Errno,
  SystemError,
  getSocketOption,
  map,
  receive,
  setSocketOption,
} from '../../experiment/src/sensor/libc.js';
import { bindPacketSocket, openPacketSocket } from '../../experiment/src/sensor/network.js';

/** Without a ring, or the version of the ring. */
export type CaptureMethod = 'plain' | 'v1' | 'v2' | 'v3';

/** One reading of PACKET_STATISTICS; `packets` contains `drops`, as the kernel has it. */
export interface Statistics {
  packets: number;
  drops: number;
  freezes: number;
}

const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SOL_PACKET = 263;
const PACKET_RX_RING = 5;
const PACKET_STATISTICS = 6;
const PACKET_VERSION = 10;
const PACKET_FANOUT = 18;
const ETH_P_ALL = 3;

const VERSIONS = { v1: 0, v2: 1, v3: 2 } as const;
const BLOCK_SIZE = 1 << 14;
const BLOCKS = 4;
const FRAME_SIZE = 2048;
/** Asked for; the kernel doubles it. */
const RECEIVE_BUFFER = 1 << 15;

/** Where a ring's slots are, and where a slot tells whose it is: 0 stands for the kernel. */
const V3_SLOTS = { size: BLOCK_SIZE, status: 8 } as const;
const FRAME_SLOTS = { size: FRAME_SIZE, status: 0 } as const;

/** The bytes of a ring, as it is asked for by default. */
export const RING_BYTES = BLOCK_SIZE * BLOCKS;
/** The bytes of a receive buffer, as the kernel sets it. */
export const RECEIVE_BUFFER_BYTES = 2 * RECEIVE_BUFFER;

/** What a capture socket captures. */
export interface CaptureOptions {
  /** From this device, or from all. */
  device?: string;
  /** Sockets of the same group share the frames. */
  fanout?: number;
  /** The size of the ring, in blocks of 16 KiB. */
  blocks?: number;
}

/** An open capture socket. It takes no frame until it is told to. */
export class CaptureSocket {
  readonly fd: number;
  readonly #method: CaptureMethod;
  readonly #ring: DataView<ArrayBuffer> | undefined;

  /** Throws `SystemError`. */
  constructor(method: CaptureMethod, { device, fanout, blocks = BLOCKS }: CaptureOptions = {}) {
    this.fd = openPacketSocket();
    this.#method = method;
    if (method === 'plain') setSocketOption(this.fd, SOL_SOCKET, SO_RCVBUF, integers(RECEIVE_BUFFER));
    else this.#ring = openRing(this.fd, method, blocks);
    bindPacketSocket(this.fd, ETH_P_ALL, device);
    if (fanout !== undefined) setSocketOption(this.fd, SOL_PACKET, PACKET_FANOUT, integers(fanout));
  }

  /** What the kernel counted since the last reading, which this one clears. */
  statistics(): Statistics {
    const words = new Uint32Array(3);
    const wanted = this.#method === 'v3' ? 12 : 8;
    getSocketOption(this.fd, SOL_PACKET, PACKET_STATISTICS, new Uint8Array(words.buffer, 0, wanted));
    return { packets: words[0]!, drops: words[1]!, freezes: words[2]! };
  }

  /** Reads, and so clears, what the kernel counted, but gets only a part of it, or nothing. */
  misread(how: 'short' | 'nowhere'): void {
    if (how === 'short') {
      getSocketOption(this.fd, SOL_PACKET, PACKET_STATISTICS, new Uint8Array(4));
      return;
    }
    try {
      getSocketOption(this.fd, SOL_PACKET, PACKET_STATISTICS, null, 12);
    } catch (error) {
      if (!(error instanceof SystemError) || error.errno !== Errno.EFAULT) throw error;
    }
  }

  /** Takes every frame that waits, so that there is room again. */
  take(): void {
    const ring = this.#ring;
    if (!ring) {
      const frame = new Uint8Array(FRAME_SIZE);
      while (receive(this.fd, frame) !== -Errno.EAGAIN);
      return;
    }
    const { size, status } = this.#method === 'v3' ? V3_SLOTS : FRAME_SLOTS;
    for (let slot = 0; slot < ring.byteLength; slot += size) ring.setUint32(slot + status, 0, true);
  }
}

function openRing(fd: number, method: keyof typeof VERSIONS, blocks: number): DataView<ArrayBuffer> {
  setSocketOption(fd, SOL_PACKET, PACKET_VERSION, integers(VERSIONS[method]));
  const frames = (BLOCK_SIZE / FRAME_SIZE) * blocks;
  const request = [BLOCK_SIZE, blocks, FRAME_SIZE, frames];
  const onlyV3 = method === 'v3' ? [0, 0, 0] : [];
  setSocketOption(fd, SOL_PACKET, PACKET_RX_RING, integers(...request, ...onlyV3));
  return map(BLOCK_SIZE * blocks, fd).bytes;
}

const integers = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);
