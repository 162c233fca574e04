import { readlinkSync } from 'node:fs';
import { list, readText } from './read.js';
import { parseStat } from './stat.js';
import type { Vm } from './types.js';

/** A queue of netfilter (iptables `NFQUEUE`, nft `queue`) that a process has bound, as an inline sensor does. */
export interface NfQueue {
  number: number;
  /** Inode of the socket that packets of the queue are sent to; 0 where it is not known. */
  socket: number;
  /** Name of the process that holds that socket, hostile text; empty where it is not known. */
  process: string;
  /** That process; 0 where it is not known. */
  holder: Pick<Vm, 'pid' | 'startTicks'>;
  /** Packets without a verdict yet. */
  waiting: number;
  /** Packets that found the queue full; like all counts here since it was bound, and modulo 2^32. */
  full: number;
  /** Packets that the receive buffer of the socket had no room for. */
  bufferFull: number;
  /** Packets that the queue had room for, those of `bufferFull` among them. */
  queued: number;
}

/** include/uapi/linux/netlink.h */
const NETLINK_NETFILTER = 12;

/** Without the process: the socket is known by its port only. */
export type BoundQueue = Omit<NfQueue, 'socket' | 'process' | 'holder'> & { port: number };

/** Parses /proc/net/netfilter/nfnetlink_queue (seq_show of net/netfilter/nfnetlink_queue.c); other lines are skipped. */
export function parseNfQueues(text: string): BoundQueue[] {
  return text.split('\n').flatMap((line) => {
    const columns = line.trim().split(/ +/).map(Number);
    if (columns.length < 8 || columns.some(Number.isNaN)) return [];
    const [number, port, waiting, , , full, bufferFull, queued] = columns as [number, ...number[]];
    return [
      { number, port: port!, waiting: waiting!, full: full!, bufferFull: bufferFull!, queued: queued! },
    ];
  });
}

/** The inodes of netfilter's sockets by their ports, from /proc/net/netlink; the kernel's own has port 0. */
export function parseNetfilterSockets(text: string): Map<number, number> {
  const rows = text.split('\n').map((line) => line.trim().split(/ +/));
  return new Map(
    rows
      .filter(([, protocol, port]) => Number(protocol) === NETLINK_NETFILTER && Number(port) > 0)
      .map((columns) => [Number(columns[2]), Number(columns[9])]),
  );
}

/**
 * The queues of this network namespace. Only root may read them: the file has mode 0440, and the process is known by the
 * files of all processes, which are gone through once for each new socket.
 */
export class NfQueues {
  /** The processes that hold these sockets; undefined where none was found. */
  #holders: ReadonlyMap<number, string | undefined> = new Map();

  /** `proc` is where procfs is mounted. */
  constructor(private readonly proc = '/proc') {}

  /** None where nothing has bound one, or the kernel has no such queues. */
  read(): NfQueue[] {
    const queues = parseNfQueues(readText(`${this.proc}/self/net/netfilter/nfnetlink_queue`) ?? '');
    if (queues.length === 0) return [];
    const sockets = parseNetfilterSockets(readText(`${this.proc}/self/net/netlink`) ?? '');
    const bound = queues.map(({ port, ...counts }) => ({ ...counts, socket: sockets.get(port) ?? 0 }));
    this.#find(new Set(bound.map(({ socket }) => socket)));
    return bound.map((queue) => ({ ...queue, ...this.#holderOf(this.#holders.get(queue.socket)) }));
  }

  #find(sockets: ReadonlySet<number>): void {
    const unknown = [...sockets].filter((socket) => !this.#holders.has(socket));
    const found = unknown.length > 0 ? this.#holdersOf(new Set(unknown)) : new Map<number, string>();
    this.#holders = new Map(
      [...sockets].map((socket) => [socket, this.#holders.get(socket) ?? found.get(socket)]),
    );
  }

  /** Of several processes that hold a socket the one with the lowest id. */
  #holdersOf(sockets: ReadonlySet<number>): Map<number, string> {
    const found = new Map<number, string>();
    const pids = list(this.proc).filter((name) => /^\d+$/.test(name));
    for (const pid of pids.sort((a, b) => Number(a) - Number(b)))
      for (const fd of list(`${this.proc}/${pid}/fd`)) {
        const socket = socketOf(`${this.proc}/${pid}/fd/${fd}`);
        if (socket !== undefined && sockets.has(socket) && !found.has(socket)) found.set(socket, pid);
      }
    return found;
  }

  #holderOf(pid: string | undefined): Pick<NfQueue, 'process' | 'holder'> {
    const stat = pid === undefined ? undefined : parseStat(readText(`${this.proc}/${pid}/stat`) ?? '');
    return {
      process: stat?.comm ?? '',
      holder: { pid: stat?.pid ?? 0, startTicks: stat?.startTicks ?? 0 },
    };
  }
}

function socketOf(file: string): number | undefined {
  try {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(file)) ?? [];
    return inode === undefined ? undefined : Number(inode);
  } catch {
    return undefined;
  }
}
