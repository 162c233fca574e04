import { errno, errorText, libc } from '../../libc.js';
import {
  dumpRequest,
  errnoOf,
  getRequest,
  messagesIn,
  NLM_F_DUMP_INTR,
  NLMSG_DONE,
  NLMSG_ERROR,
} from './messages.js';
import type { Message } from './messages.js';

const openSocket = libc.func('int socket(int domain, int type, int protocol)');
const connect = libc.func('int connect(int fd, const void *address, unsigned int length)');
const setOption = libc.func(
  'int setsockopt(int fd, int level, int option, const void *value, unsigned int length)',
);
const send = libc.func('long send(int fd, const void *buffer, size_t length, int flags)');
const receive = libc.func('long recv(int fd, void *buffer, size_t length, int flags)');
const close = libc.func('int close(int fd)');

/** linux/socket.h, linux/netlink.h */
const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const NETLINK_ROUTE = 0;
const NETLINK_GENERIC = 16;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const MSG_TRUNC = 0x20;
const EINTR = 4;
const EPIPE = 32;
const EMSGSIZE = 90;
const ENOBUFS = 105;

/** The kernel gives out at most 32 KiB at a time, unless one device alone needs more: a NIC with hundreds of functions. */
const FIRST_ROOM = 64 * 1024;
const MOST_ROOM = 16 * 1024 * 1024;
const TIMEOUT_SECONDS = 1n;
const ATTEMPTS = 4;

/** The kernel refused a socket or a request, or did not answer. */
export class NetlinkError extends Error {
  constructor(
    call: string,
    readonly errno: number,
  ) {
    super(
      `netlink failed in ${call}: ${errorText(errno)}; where a sandbox restricts address families, allow AF_NETLINK`,
    );
  }
}

/**
 * A socket to the kernel's rtnetlink, or generic netlink, for dumps, which need no privilege, of the network namespace in which it was opened.
 * Opened at first use and anew after any failure, so that a late answer never reaches the next request.
 */
export class Netlink {
  #fd = -1;
  #sequence = 0;
  #buffer = Buffer.allocUnsafeSlow(FIRST_ROOM);

  constructor(private readonly protocol: 'route' | 'generic' = 'route') {}

  /**
   * What `read` makes of each message of a dump, without what it returns undefined for. A dump during which something
   * came or went (NLM_F_DUMP_INTR) may lack entries or have them twice: it is repeated, at most three times.
   * Throws `NetlinkError` where the kernel refuses, loses the answer or does not give it within a second.
   */
  dump<T>(type: number, payload: Uint8Array, read: (message: Message) => T | undefined): T[] {
    return this.#ask((sequence) => dumpRequest(type, sequence, payload), read);
  }

  /** The same of a request for one thing. */
  get<T>(type: number, payload: Uint8Array, read: (message: Message) => T | undefined): T[] {
    return this.#ask((sequence) => getRequest(type, sequence, payload), read);
  }

  close(): void {
    if (this.#fd >= 0) close(this.#fd);
    this.#fd = -1;
  }

  #ask<T>(request: (sequence: number) => Buffer, read: (message: Message) => T | undefined): T[] {
    for (let attempt = 1; ; attempt++) {
      const found: T[] = [];
      try {
        this.#send(request);
        if (!this.#receiveAll(found, read) || attempt === ATTEMPTS) return found;
      } catch (error) {
        this.close();
        if (!(error instanceof NetlinkError) || error.errno !== ENOBUFS || attempt === ATTEMPTS) throw error;
      }
    }
  }

  #send(request: (sequence: number) => Buffer): void {
    if (this.#fd < 0) this.#open();
    const bytes = request(++this.#sequence);
    check('send', Number(send(this.#fd, bytes, bytes.length, 0)));
  }

  /** Returns whether the dump was interrupted by a change. */
  #receiveAll<T>(found: T[], read: (message: Message) => T | undefined): boolean {
    let interrupted = false;
    for (;;)
      for (const message of messagesIn(this.#buffer, this.#receive())) {
        if (message.sequence !== this.#sequence) continue;
        interrupted ||= (message.flags & NLM_F_DUMP_INTR) !== 0;
        if (message.type === NLMSG_ERROR || message.type === NLMSG_DONE) {
          const failed = errnoOf(message);
          if (failed !== 0) throw new NetlinkError('a dump', failed);
          return interrupted;
        }
        const entry = read(message);
        if (entry !== undefined) found.push(entry);
      }
  }

  /** The length of the next part. A part for which there is too little room is lost, and there is enough from then on. */
  #receive(): number {
    for (let tries = 0; ; tries++) {
      const length = Number(receive(this.#fd, this.#buffer, this.#buffer.length, MSG_TRUNC));
      if (length < 0 && errno() === EINTR && tries < ATTEMPTS) continue;
      check('recv', length);
      if (length === 0) throw new NetlinkError('recv', EPIPE);
      if (length <= this.#buffer.length) return length;
      if (length > MOST_ROOM) throw new NetlinkError('recv', EMSGSIZE);
      this.#buffer = Buffer.allocUnsafeSlow(length);
      throw new NetlinkError('recv', ENOBUFS);
    }
  }

  /** Connected to the kernel, so that nobody else can send to it. */
  #open(): void {
    this.#fd = check(
      'socket',
      openSocket(
        AF_NETLINK,
        SOCK_RAW_CLOEXEC,
        this.protocol === 'route' ? NETLINK_ROUTE : NETLINK_GENERIC,
      ) as number,
    );
    const timeout = BigInt64Array.of(TIMEOUT_SECONDS, 0n);
    check('setsockopt', setOption(this.#fd, SOL_SOCKET, SO_RCVTIMEO, timeout, timeout.byteLength) as number);
    const kernel = Uint16Array.of(AF_NETLINK, 0, 0, 0, 0, 0);
    check('connect', connect(this.#fd, kernel, kernel.byteLength) as number);
  }
}

function check(call: string, result: number): number {
  if (result < 0) throw new NetlinkError(call, errno());
  return result;
}
