import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { counter, gauge, type Collector, type Log, type Sink } from '../exposition/index.js';
import { networkOf } from './address.js';
import { LIMITS, type Limits } from './limits.js';

/** Why the exporter closes a connection. */
const REASONS = [
  'request_timeout',
  'idle_timeout',
  'write_timeout',
  'answer_timeout',
  'connection_limit',
  'memory_limit',
  'pipeline_limit',
] as const;
type Reason = (typeof REASONS)[number];

const open = gauge('trapline_http_connections', 'Open HTTP connections.');
const closed = counter(
  'trapline_http_connections_closed_total',
  'HTTP connections the exporter closed because of a deadline or a limit, by reason.',
  ['reason'],
);

export const connectionsDescription = {
  name: 'http',
  help: 'Connections of HTTP clients to the exporter, and those it closed',
  metrics: [open, closed],
};

/** Bytes of an answer; clients that get the same answer share the same array. */
export type Answer = readonly Buffer[];

interface Connection {
  socket: Socket;
  network: string;
  /** Whether it has sent a complete request. */
  asked: boolean;
  /** Requests under way. */
  answering: Set<ServerResponse>;
  held: Set<Answer>;
  closed: boolean;
}

/** The first report of closed connections comes after this, so that it has their number; the next ones after a minute. */
const FIRST_REPORT = 1_000;
const NEXT_REPORT = 60_000;

export interface ConnectionsOptions {
  log: Log;
  limits?: Partial<Limits>;
}

/** The connections of a server: closes those that take too long, and when there are too many, those that matter least. */
export class Connections implements Collector {
  readonly name = connectionsDescription.name;
  readonly help = connectionsDescription.help;
  readonly metrics = connectionsDescription.metrics;
  readonly limits: Limits;
  readonly #log: Log;
  /** The least recently active one first. */
  readonly #open = new Map<Socket, Connection>();
  readonly #perNetwork = new Tally<string>();
  readonly #holders = new Tally<Answer>();
  #heldBytes = 0;
  readonly #closed = new Map<Reason, number>(REASONS.map((reason) => [reason, 0]));
  #unreported = 0;
  #report: NodeJS.Timeout | undefined;

  constructor({ log, limits }: ConnectionsOptions) {
    this.#log = log;
    this.limits = { ...LIMITS, ...limits };
  }

  collect(sink: Sink): void {
    sink.sample(open, [], this.#open.size);
    for (const [reason, count] of this.#closed) sink.sample(closed, [reason], count);
  }

  /** Applies the limits to a server that does not listen yet; `answer` gets the requests that are within them. */
  watch(server: Server, answer: (request: IncomingMessage, response: ServerResponse) => void): void {
    const { request, idle, write } = this.limits;
    server.headersTimeout = server.requestTimeout = request;
    server.keepAliveTimeout = idle;
    server.timeout = write;
    server.on('connection', (socket) => this.#add(socket));
    server.on('timeout', (socket: Socket) => this.#timedOut(socket));
    server.on('request', (request, response) => {
      if (this.#admit(request.socket, response)) answer(request, response);
    });
  }

  /**
   * Counts an answer among those that are held for clients, and starts its deadline. Returns what is to be called once the client
   * has taken it.
   */
  hold({ socket }: ServerResponse, answer: Answer): () => void {
    const connection = socket ? this.#open.get(socket) : undefined;
    if (!connection || connection.held.has(answer)) return () => {};
    connection.held.add(answer);
    if (this.#holders.add(answer) === 1) this.#heldBytes += bytesOf(answer);
    const deadline = setTimeout(() => this.#close(connection, 'answer_timeout'), this.limits.answer).unref();
    const release = (): void => {
      connection.socket.off('close', release);
      clearTimeout(deadline);
      this.#release(connection, answer);
    };
    connection.socket.once('close', release);
    this.#freeMemory(answer);
    return release;
  }

  #add(socket: Socket): void {
    const connection: Connection = {
      socket,
      network: networkOf(socket.remoteAddress ?? ''),
      asked: false,
      answering: new Set(),
      held: new Set(),
      closed: false,
    };
    this.#perNetwork.add(connection.network);
    this.#open.set(socket, connection);
    socket.on('drain', () => this.#touch(connection));
    socket.on('close', () => {
      if ((socket.errored as NodeJS.ErrnoException | null)?.code === 'ERR_HTTP_REQUEST_TIMEOUT')
        this.#count(connection, 'request_timeout');
      this.#forget(connection);
    });
    if (this.#open.size > this.limits.connections)
      this.#close(this.#leastImportant() ?? connection, 'connection_limit');
  }

  #admit(socket: Socket, response: ServerResponse): boolean {
    const connection = this.#open.get(socket);
    if (!connection) return false;
    connection.asked = true;
    connection.answering.add(response);
    this.#touch(connection);
    response.on('close', () => {
      connection.answering.delete(response);
      this.#touch(connection);
    });
    if (connection.answering.size <= this.limits.pipelined) return true;
    this.#close(connection, 'pipeline_limit');
    return false;
  }

  #timedOut(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (!connection) return;
    if (connection.answering.size === 0) this.#close(connection, 'idle_timeout');
    else if (waitsForClient(connection)) this.#close(connection, 'write_timeout');
    // The client waits for us. Node does not start the timer again by itself.
    else socket.setTimeout(this.limits.write);
  }

  /** Prefers the kinds in this order; of one kind, the network with most connections, then who was not active for longest. */
  #leastImportant(): Connection | undefined {
    const newest = this.#open.size - this.limits.newest;
    const kinds: (Connection | undefined)[] = [];
    let position = 0;
    for (const connection of this.#open.values()) {
      const kind = kindOf(connection, position++ >= newest);
      if (kind === undefined) continue;
      const chosen = kinds[kind];
      if (!chosen || this.#perNetwork.of(connection.network) > this.#perNetwork.of(chosen.network))
        kinds[kind] = connection;
    }
    return kinds.find((connection) => connection !== undefined);
  }

  /** Until the bound is kept, cuts those with an answer other than this one, who was not active for longest first. */
  #freeMemory(latest: Answer): void {
    for (const connection of [...this.#open.values()]) {
      if (this.#heldBytes <= this.limits.heldBytes) return;
      const others = connection.held.size - Number(connection.held.has(latest));
      if (others > 0) this.#close(connection, 'memory_limit');
    }
  }

  #close(connection: Connection, reason: Reason): void {
    if (connection.closed) return;
    this.#count(connection, reason);
    if (reason.endsWith('_limit')) this.#reportLater();
    this.#forget(connection);
    // A client that keeps a connection expects its end; of others the kernel shall keep nothing, sent or unsent.
    if (connection.asked && connection.answering.size === 0) connection.socket.destroy();
    else connection.socket.resetAndDestroy();
  }

  #count(connection: Connection, reason: Reason): void {
    if (connection.closed) return;
    connection.closed = true;
    this.#closed.set(reason, this.#closed.get(reason)! + 1);
  }

  #forget(connection: Connection): void {
    if (!this.#open.delete(connection.socket)) return;
    this.#perNetwork.remove(connection.network);
    for (const answer of connection.held) this.#release(connection, answer);
  }

  #release(connection: Connection, answer: Answer): void {
    if (!connection.held.delete(answer)) return;
    if (this.#holders.remove(answer) === 0) this.#heldBytes -= bytesOf(answer);
  }

  #touch(connection: Connection): void {
    if (this.#open.delete(connection.socket)) this.#open.set(connection.socket, connection);
  }

  #reportLater(pause = FIRST_REPORT): void {
    this.#unreported++;
    this.#report ??= setTimeout(() => this.#reportNow(), pause).unref();
  }

  #reportNow(): void {
    this.#report = undefined;
    if (this.#unreported === 0) return;
    const { connections, heldBytes } = this.limits;
    this.#log.warn(
      { closed: this.#unreported },
      `Closed ${this.#unreported} HTTP connections to stay within ${connections} connections and ${heldBytes / 2 ** 20} MiB of unread answers. ` +
        'List the clients with: ss -tnp; then stop them, block them in the firewall, or listen on loopback (--listen).',
    );
    this.#unreported = 0;
    this.#report = setTimeout(() => this.#reportNow(), NEXT_REPORT).unref();
  }
}

/** Lower is closed first; undefined: never for a newer one. */
function kindOf(connection: Connection, newest: boolean): number | undefined {
  if (connection.answering.size > 0) return waitsForClient(connection) ? 2 : undefined;
  if (connection.asked) return 1;
  return newest ? 3 : 0;
}

/** Whether the client has not taken what was sent. */
const waitsForClient = ({ socket }: Connection): boolean => socket.writableLength > 0;

const bytesOf = (answer: Answer): number => answer.reduce((sum, { length }) => sum + length, 0);

/** How often each key was added and not removed again. */
class Tally<K> {
  readonly #counts = new Map<K, number>();

  of(key: K): number {
    return this.#counts.get(key) ?? 0;
  }

  /** Returns the new count. */
  add(key: K): number {
    return this.#set(key, this.of(key) + 1);
  }

  /** Returns the new count. */
  remove(key: K): number {
    return this.#set(key, this.of(key) - 1);
  }

  #set(key: K, count: number): number {
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
    return count;
  }
}
