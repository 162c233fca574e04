import { Counts } from './counts.js';
import type { CaptureSocket, Method } from './socket.js';

/** What the sockets of one process name, device and method counted together, the closed ones included. */
export interface Series {
  readonly process: string;
  readonly device: string;
  readonly method: Method;
  delivered: number;
  drops: number;
  freezes: number;
  /** Open now. */
  sockets: number;
  ringBytes: number;
}

interface Followed {
  counts: Counts;
  seenAt: number;
}

/**
 * Adds sockets up to series. A series goes on while any of its sockets is open and for a while after, so that every
 * scraper sees its last values; a socket whose process, device or method changes counts on under the new ones.
 */
export class Tally {
  readonly #series = new Map<string, Series & { seenAt: number }>();
  readonly #sockets = new Map<number, Followed>();

  /** `linger` in nanoseconds: how long a series without a socket is still shown. `clock` is monotonic, in nanoseconds. */
  constructor(
    private readonly linger: number,
    private readonly clock: () => number = () => Number(process.hrtime.bigint()),
  ) {}

  /** The series that live or have just ended. */
  read(): Iterable<Readonly<Series>> {
    return this.#series.values();
  }

  /** Takes in all the sockets that are open now. */
  open(sockets: readonly CaptureSocket[]): void {
    for (const series of this.#series.values()) series.sockets = series.ringBytes = 0;
    for (const socket of sockets) {
      const series = this.#count(socket);
      series.sockets++;
      series.ringBytes += socket.ringBytes;
    }
    this.#forget();
  }

  /** Takes in the last counts of sockets that were closed. */
  close(sockets: readonly CaptureSocket[]): void {
    for (const socket of sockets) this.#count(socket);
  }

  #count(socket: CaptureSocket): Series {
    const series = this.#seriesOf(socket);
    const [delivered, drops, freezes] = this.#follow(socket.cookie).counts.update(socket);
    series.delivered += delivered!;
    series.drops += drops!;
    series.freezes += freezes!;
    return series;
  }

  #seriesOf({ process, device, method }: CaptureSocket): Series {
    const key = [process, device, method].join('\0');
    const none = { delivered: 0, drops: 0, freezes: 0, sockets: 0, ringBytes: 0, seenAt: 0 };
    const series = this.#series.get(key) ?? { process, device, method, ...none };
    this.#series.set(key, series);
    series.seenAt = this.clock();
    return series;
  }

  #follow(cookie: number): Followed {
    const followed = this.#sockets.get(cookie) ?? { counts: new Counts(), seenAt: 0 };
    this.#sockets.set(cookie, followed);
    followed.seenAt = this.clock();
    return followed;
  }

  #forget(): void {
    const oldest = this.clock() - this.linger;
    for (const [key, { seenAt }] of this.#series) if (seenAt < oldest) this.#series.delete(key);
    for (const [cookie, { seenAt }] of this.#sockets) if (seenAt < oldest) this.#sockets.delete(cookie);
  }
}
