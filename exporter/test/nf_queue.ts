import { close, receive, send, setSocketOption, socket } from '../../experiment/src/sensor/libc.js';

/** include/uapi/linux/netlink.h, netfilter/nfnetlink.h, netfilter/nfnetlink_queue.h */
const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NETLINK_NETFILTER = 12;
const NFNL_SUBSYS_QUEUE = 3;
const MESSAGE = { packet: 0, verdict: 1, config: 2 };
const NLM_F_REQUEST_ACK = 1 | 4;
const CONFIG = { command: 1, parameters: 2, maxLength: 3 };
const COMMAND = { bind: 1, unbind: 2 };
const COPY_PACKET = 2;
const VERDICT_HEADER = 2;
const NF_ACCEPT = 1;
const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;
const HEADERS = 20;

/** One end of queues of netfilter, as libnetfilter_queue has it: what is taken out is accepted. */
export class NfQueueHolder {
  readonly #socket = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
  readonly #buffer = Buffer.alloc(64 * 1024);

  constructor(receiveBuffer?: number) {
    const size = receiveBuffer === undefined ? undefined : Uint32Array.of(receiveBuffer);
    if (size) setSocketOption(this.#socket, SOL_SOCKET, SO_RCVBUFFORCE, new Uint8Array(size.buffer));
  }

  /** Packets go to the queue from now on, up to so many without a verdict. */
  bind(queue: number, length: number): void {
    this.#configure(queue, CONFIG.command, Buffer.of(COMMAND.bind, 0, 0, 0));
    this.#configure(queue, CONFIG.parameters, Buffer.of(0, 0, 0xff, 0xff, COPY_PACKET));
    this.#configure(queue, CONFIG.maxLength, beU32(length));
  }

  unbind(queue: number): void {
    this.#configure(queue, CONFIG.command, Buffer.of(COMMAND.unbind, 0, 0, 0));
  }

  /** Takes and accepts what waits in the receive buffer; how many packets that were. */
  take(): number {
    let packets = 0;
    for (;;) {
      const length = receive(this.#socket, this.#buffer);
      // An error says that the receive buffer was full once.
      if (length === -11) return packets;
      if (length < HEADERS || this.#buffer.readUInt16LE(4) !== ((NFNL_SUBSYS_QUEUE << 8) | MESSAGE.packet))
        continue;
      packets++;
      // The first attribute begins with the packet's id.
      const id = this.#buffer.subarray(HEADERS + 4, HEADERS + 8);
      const verdict = Buffer.concat([beU32(NF_ACCEPT), id]);
      this.#send(MESSAGE.verdict, this.#buffer.readUInt16BE(18), VERDICT_HEADER, verdict, 1);
    }
  }

  close(): void {
    close(this.#socket);
  }

  /** Throws what the kernel refuses. */
  #configure(queue: number, attribute: number, value: Buffer): void {
    this.#send(MESSAGE.config, queue, attribute, value, NLM_F_REQUEST_ACK);
    const length = receive(this.#socket, this.#buffer);
    if (length < HEADERS || this.#buffer.readInt32LE(16) !== 0)
      throw new Error(`queue ${queue}: ${length}, ${this.#buffer.readInt32LE(16)}`);
  }

  #send(message: number, queue: number, attribute: number, value: Buffer, flags: number): void {
    const padded = (value.length + 3) & ~3;
    const request = Buffer.alloc(HEADERS + 4 + padded);
    request.writeUInt32LE(request.length, 0);
    request.writeUInt16LE((NFNL_SUBSYS_QUEUE << 8) | message, 4);
    request.writeUInt16LE(flags, 6);
    request.writeUInt16BE(queue, 18);
    request.writeUInt16LE(4 + value.length, HEADERS);
    request.writeUInt16LE(attribute, HEADERS + 2);
    value.copy(request, HEADERS + 4);
    send(this.#socket, request);
  }
}

function beU32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
