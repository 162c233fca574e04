import { isForNobody } from './functions.js';
import type { Port } from './ports.js';
import type { DropRow } from './rows.js';

/** What one port of a bridge dropped for one reason. */
export interface Cause {
  bridge: string;
  /** Empty for the bridge itself. */
  port: string;
  /** The kernel's reason; where it gives none, the function that dropped the packets. */
  reason: string;
  packets: number;
}

/** Bridges of other network namespaces, and those that were gone before they were seen: no interface can have this name. */
export const OTHER_BRIDGES: Port = { bridge: '(other bridges)', port: '', others: 1 };

/** A row as of the last look. */
interface Followed {
  place: string;
  packets: number;
  /** When it grew last. */
  at: number;
  port: Port;
}

/** Adds what rows grow by to the bridge and the port where it happened. A sum never falls while its bridge or port is there. */
export class Tally {
  readonly #rows = new Map<number, Followed>();
  readonly #bridges = new Map<string, number>();
  readonly #causes = new Map<string, Cause>();
  #ports: ReadonlyMap<number, Port> = new Map();

  /**
   * `netns` is the inode number of the namespace whose ports are known. A row of another one is done with when it has not grown
   * for `patience`, in the unit of the clock.
   */
  constructor(
    private readonly netns: number,
    private readonly patience: number,
    private readonly clock: () => number,
  ) {}

  /** Takes the bridges and ports that are there now, by ifindex, and forgets the sums of those that are not. */
  follow(ports: ReadonlyMap<number, Port>): void {
    this.#ports = ports;
    const present = new Set([...ports.values()].map(({ bridge, port }) => `${bridge}\0${port}`));
    const { bridge: other } = OTHER_BRIDGES;
    for (const bridge of this.#bridges.keys())
      if (bridge !== other && !present.has(`${bridge}\0`)) this.#bridges.delete(bridge);
    for (const { bridge, port } of ports.values())
      if (port === '' && !this.#bridges.has(bridge)) this.#bridges.set(bridge, 0);
    for (const [key, { bridge, port }] of this.#causes)
      if (bridge !== other && !present.has(`${bridge}\0${port}`)) this.#causes.delete(key);
  }

  /** Whether all these rows are of ports that are known. */
  knows(rows: readonly DropRow[]): boolean {
    return rows.every(({ netns, ifindex }) => netns !== this.netns || this.#ports.has(ifindex));
  }

  /** Takes in all rows in use. Returns those that are done with. */
  add(rows: readonly DropRow[]): number[] {
    return rows.filter((each) => this.#isDone(each, this.#take(each))).map(({ row }) => row);
  }

  /** What each bridge dropped, 0 for one that dropped nothing. */
  get bridges(): ReadonlyMap<string, number> {
    return this.#bridges;
  }

  get causes(): Iterable<Readonly<Cause>> {
    return this.#causes.values();
  }

  #take(each: DropRow): Followed {
    const { row, packets, netns, ifindex } = each;
    const place = [each.function, each.multicast, each.reason, ifindex, netns].join(' ');
    const last = this.#rows.get(row);
    // Another place may have taken the row: then all of it is new.
    const before = last?.place === place ? last : undefined;
    const grown = packets - (before?.packets ?? 0);
    const port = (netns === this.netns && this.#ports.get(ifindex)) || before?.port || OTHER_BRIDGES;
    const now = { place, packets, port, at: grown > 0 || !before ? this.clock() : before.at };
    this.#rows.set(row, now);
    if (grown > 0 && isLoss(each, port)) this.#count(each, port, grown);
    return now;
  }

  #isDone({ row, netns, ifindex }: DropRow, { at }: Followed): boolean {
    const done = netns === this.netns ? !this.#ports.has(ifindex) : this.clock() - at > this.patience;
    if (done) this.#rows.delete(row);
    return done;
  }

  #count(each: DropRow, { bridge, port }: Port, packets: number): void {
    const reason = each.reason || each.function;
    const key = [bridge, port, reason].join('\0');
    const cause = this.#causes.get(key) ?? { bridge, port, reason, packets: 0 };
    cause.packets += packets;
    this.#causes.set(key, cause);
    this.#bridges.set(bridge, (this.#bridges.get(bridge) ?? 0) + packets);
  }
}

/**
 * Netfilter's hook also serves the host's own packets: only at a port of a bridge is it the bridge that drops. A frame that is
 * flooded on a bridge without another port has nowhere to go.
 */
function isLoss(row: DropRow, { port, others }: Port): boolean {
  if (isForNobody(row)) return false;
  if (row.function.startsWith('nf_hook_slow')) return port !== '';
  return !(others === 0 && (row.reason === 'NO_TX_TARGET' || row.function === 'br_flood'));
}
