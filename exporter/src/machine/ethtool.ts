import koffi from 'koffi';

/** The counters a driver keeps beside the standard ones: what `ethtool -S` prints. */
export interface DriverCounters {
  /** For example `e1000e`. */
  driver: string;
  /** In the driver's order; the same object as long as the names stay the same. */
  names: readonly string[];
  /** As many as there are names. */
  values: readonly number[];
}

/** include/uapi/linux/ethtool.h, sockios.h. The kernel lets every user ask for these. */
const SIOCETHTOOL = 0x8946n;
const ETHTOOL_GDRVINFO = 0x03;
const ETHTOOL_GSTRINGS = 0x1b;
const ETHTOOL_GSTATS = 0x1d;
const ETHTOOL_GSSET_INFO = 0x37;
const ETH_SS_STATS = 1;
const DRIVER = { offset: 4, length: 32 };
const NAME_LENGTH = 32;
const IFNAMSIZ = 16;
const IFREQ_SIZE = 40;

/** More than any driver has: mlx5_core comes to some 70 000 with 256 queues in 8 traffic classes. */
const MAX_COUNTERS = 262_144;
/** The kernel writes as many names as there are, not as many as there were: twice the room, and no bytes behind it. */
const ROOM = 2 * MAX_COUNTERS * NAME_LENGTH;

const AF_INET = 2;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const PROT_READ_WRITE = 3;
const MAP_PRIVATE_ANONYMOUS = 0x22;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

const libc = koffi.load('libc.so.6');
const openSocket = libc.func('int socket(int domain, int type, int protocol)');
const ioctl = libc.func('int ioctl(int fd, unsigned long request, void *argument)');
const mmap = libc.func(
  'void *mmap(void *address, size_t length, int protection, int flags, int fd, long offset)',
);

/** Asks the drivers of this network namespace, as it was when this was made. */
export class Ethtool {
  readonly #socket: number;
  /** Memory with an address of its own, since a request holds a pointer to its answer; pages not written take none. */
  readonly #answer: Buffer;
  readonly #request = Buffer.alloc(IFREQ_SIZE);
  readonly #known = new Map<string, { raw: Buffer; names: readonly string[] }>();

  /** Throws where the process may not open a socket or has no memory. */
  constructor() {
    this.#socket = openSocket(AF_INET, SOCK_DGRAM_CLOEXEC, 0) as number;
    if (this.#socket < 0) throw new Error(`no socket to ask drivers by (error ${koffi.errno()})`);
    const address = mmap(null, ROOM, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0) as bigint;
    if (address === MAP_FAILED) throw new Error(`no memory for what drivers say (error ${koffi.errno()})`);
    this.#answer = Buffer.from(koffi.view(address, ROOM) as ArrayBuffer);
    this.#request.writeBigUInt64LE(address, IFNAMSIZ);
  }

  /**
   * Undefined where the device is gone, has no driver, or has changed its counters just now. Without counters where the
   * driver keeps none of its own, or more than 262 144.
   */
  read(device: string): DriverCounters | undefined {
    if (Buffer.byteLength(device) >= IFNAMSIZ) return undefined;
    this.#request.fill(0, 0, IFNAMSIZ).write(device);
    if (!this.#ask(ETHTOOL_GDRVINFO)) return undefined;
    const driver = text(this.#answer, DRIVER.offset, DRIVER.length);
    const count = this.#count();
    if (count === 0 || count > MAX_COUNTERS) return { driver, names: [], values: [] };
    const names = this.#names(device, count);
    if (!names || !this.#ask(ETHTOOL_GSTATS, count) || this.#answer.readUInt32LE(4) !== count)
      return undefined;
    const values = names.map((_, i) => Number(this.#answer.readBigUInt64LE(8 + 8 * i)));
    return { driver, names, values };
  }

  /** Lets go of what is remembered of devices that are there no more. */
  keep(devices: ReadonlySet<string>): void {
    for (const device of this.#known.keys()) if (!devices.has(device)) this.#known.delete(device);
  }

  #count(): number {
    this.#answer.fill(0, 0, 24);
    this.#answer.writeBigUInt64LE(1n << BigInt(ETH_SS_STATS), 8);
    return this.#ask(ETHTOOL_GSSET_INFO) ? this.#answer.readUInt32LE(16) : 0;
  }

  /** Names are compared each time, since queues come and go, but made into strings only when they have changed. */
  #names(device: string, count: number): readonly string[] | undefined {
    if (!this.#ask(ETHTOOL_GSTRINGS, ETH_SS_STATS, count)) return undefined;
    if (this.#answer.readUInt32LE(8) !== count) return undefined;
    const raw = this.#answer.subarray(12, 12 + count * NAME_LENGTH);
    const known = this.#known.get(device);
    if (known?.raw.equals(raw)) return known.names;
    const names = Array.from({ length: count }, (_, i) => text(raw, i * NAME_LENGTH, NAME_LENGTH));
    this.#known.set(device, { raw: Buffer.from(raw), names });
    return names;
  }

  #ask(command: number, ...words: readonly number[]): boolean {
    [command, ...words].forEach((word, i) => this.#answer.writeUInt32LE(word, 4 * i));
    return (ioctl(this.#socket, SIOCETHTOOL, this.#request) as number) === 0;
  }
}

const text = (buffer: Buffer, offset: number, length: number): string =>
  buffer.toString('utf8', offset, offset + length).replace(/\0[^]*$/, '');
