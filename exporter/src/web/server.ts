import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EXIT, Failure } from '../failure.js';
import type { Taken } from '../live/live_view.js';
import { isLoopback, urlOf, type Address } from './address.js';
import { createApp, type AppOptions } from './app.js';
import type { Connections } from './connections.js';
import { LiveFeed, type LiveOptions } from './live.js';

export interface WebOptions
  extends Omit<AppOptions, 'live' | 'loopbackOnly'>, Pick<LiveOptions, 'take' | 'maxClients'> {
  listen: Address;
  connections: Connections;
}

/** Why the server could not listen, in one sentence, and what to do about it. */
export class ListenError extends Failure {
  constructor(
    message: string,
    remedy: string,
    /** The system's error code, for example EADDRINUSE. */
    readonly code: string,
  ) {
    super(message, remedy, EXIT.listen);
    this.name = 'ListenError';
  }
}

/** How long answers under way may take to end once the server stops, in milliseconds. */
const GRACE = 500;

/** The exporter's web server. Starts and stops once. */
export class WebServer {
  private readonly live: LiveFeed;
  private readonly server: Server;
  private readonly listen: Address;

  constructor({ listen, take, maxClients, ...rest }: WebOptions) {
    this.listen = listen;
    const { connections, log } = rest;
    this.live = new LiveFeed({ take, log, connections, ...(maxClients === undefined ? {} : { maxClients }) });
    const app = createApp({ ...rest, live: this.live, loopbackOnly: isLoopback(listen.host) });
    this.server = createServer({ connectionsCheckingInterval: connections.limits.request / 4 });
    connections.watch(this.server, app);
  }

  /** Listens; answers where. Throws a ListenError where the address cannot be had. */
  async start(): Promise<{ url: string; port: number }> {
    const { host } = this.listen;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (error) => reject(explain(error, this.listen)));
      this.server.listen(this.listen.port, host, resolve);
    });
    const { port } = this.server.address() as AddressInfo;
    this.live.start();
    return { url: urlOf({ host, port }), port };
  }

  /** Whether the live page would take a sample that is at hand. */
  get wantsSample(): boolean {
    return this.live.wantsSample;
  }

  /** Gives the live page such a sample. */
  offer(taken: () => Taken): void {
    this.live.offer(taken);
  }

  /** Ends every stream, lets answers under way finish for half a second, and closes. */
  async stop(): Promise<void> {
    this.live.stop();
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => {
      const cut = setTimeout(() => this.server.closeAllConnections(), GRACE);
      this.server.close(() => {
        clearTimeout(cut);
        resolve();
      });
      this.server.closeIdleConnections();
    });
  }
}

function explain(error: NodeJS.ErrnoException, { host, port }: Address): ListenError {
  const code = error.code ?? 'unknown';
  const [why, remedy] = reasons[code] ?? [error.message, 'Choose another address with --listen host:port.'];
  return new ListenError(`Cannot listen on ${host} port ${port}: ${why}.`, remedy, code);
}

const reasons: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  EADDRINUSE: [
    'another process listens there',
    'Stop that process, or choose another port with --listen host:port.',
  ],
  EACCES: ['this user may not use that port', 'Choose a port above 1023 with --listen host:port.'],
  EADDRNOTAVAIL: [
    'this machine has no such address',
    'Choose an address of this machine with --listen host:port.',
  ],
  ENOTFOUND: ['no such host is known', 'Choose an address of this machine with --listen host:port.'],
};
