import { Counts } from './counts.js';
import type { CaptureSocket, Method } from './socket.js';

/** Whose sockets a series is about. */
export interface Place {
  readonly process: string;
  /** See `containerOf` in machine/cgroup.ts. */
  readonly container: string;
  readonly device: string;
  readonly method: Method;
}

/** What the sockets of one place counted together, the closed ones included. */
export interface Series extends Place {
  delivered: number;
  drops: number;
  freezes: number;
  /** Open now. */
  sockets: number;
  ringBytes: number;
}

/** One socket, open or closed lately. */
export interface Followed {
  readonly cookie: number;
  readonly counts: Counts;
  /** Where it was seen last. */
  place: Place;
  fanout: string;
  seenAt: number;
}

/**
 * Adds sockets up to series. A series goes on while any of its sockets is open and for a while after, so that every
 * scraper sees its last values; a socket whose process, container, device or method changes counts on under the new ones.
 */
export class Tally {
  readonly #series = new Map<string, Series & { seenAt: number }>();
  readonly #sockets = new Map<number, Followed>();

  /**
   * `linger` in nanoseconds: how long a series without a socket is still shown. `containerOf` is undefined for a process
   * that has ended. `clock` is monotonic, in nanoseconds.
   */
  constructor(
    private readonly linger: number,
    private readonly containerOf: (process: CaptureSocket['holder']) => string | undefined,
    private readonly clock: () => number = () => Number(process.hrtime.bigint()),
  ) {}

  /** The series that live or have just ended. */
  read(): Iterable<Readonly<Series>> {
    return this.#series.values();
  }

  /** The sockets themselves, those that were met first in front. */
  sockets(): Iterable<Readonly<Followed>> {
    return this.#sockets.values();
  }

  /** Takes in all the sockets that are open now. */
  open(sockets: readonly CaptureSocket[]): void {
    for (const series of this.#series.values()) series.sockets = series.ringBytes = 0;
    const containers = new Map<string, string | undefined>();
    for (const socket of sockets) {
      const series = this.#count(socket, containers);
      series.sockets++;
      series.ringBytes += socket.ringBytes;
    }
    this.#forget();
  }

  /** Takes in the last counts of sockets that were closed. */
  close(sockets: readonly CaptureSocket[]): void {
    const containers = new Map<string, string | undefined>();
    for (const socket of sockets) this.#count(socket, containers);
  }

  #count(socket: CaptureSocket, containers: Map<string, string | undefined>): Series {
    const { counts, place } = this.#follow(socket, containers);
    const series = this.#seriesOf(place);
    const [delivered, drops, freezes] = counts.update(socket);
    series.delivered += delivered!;
    series.drops += drops!;
    series.freezes += freezes!;
    return series;
  }

  #seriesOf(place: Place): Series {
    const key = [place.process, place.container, place.device, place.method].join('\0');
    const none = { delivered: 0, drops: 0, freezes: 0, sockets: 0, ringBytes: 0, seenAt: 0 };
    const series = this.#series.get(key) ?? { ...place, ...none };
    this.#series.set(key, series);
    series.seenAt = this.clock();
    return series;
  }

  /** `containers` are those that were looked up in this round, by process. */
  #follow(socket: CaptureSocket, containers: Map<string, string | undefined>): Followed {
    const { cookie, process, device, method, fanout, holder } = socket;
    const known = this.#sockets.get(cookie);
    const key = `${holder.pid}:${holder.startTicks}`;
    if (!containers.has(key)) containers.set(key, this.containerOf(holder));
    // A process that closed its sockets by ending cannot be asked any more.
    const container = containers.get(key) ?? known?.place.container ?? '';
    const place = { process, container, device, method };
    const followed = { cookie, counts: known?.counts ?? new Counts(), place, fanout, seenAt: this.clock() };
    this.#sockets.set(cookie, followed);
    return followed;
  }

  #forget(): void {
    const oldest = this.clock() - this.linger;
    for (const [key, { seenAt }] of this.#series) if (seenAt < oldest) this.#series.delete(key);
    for (const [cookie, { seenAt }] of this.#sockets) if (seenAt < oldest) this.#sockets.delete(cookie);
  }
}
