import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What Alertmanager posts to a webhook, as far as a test looks. */
export interface Notification {
  status: string;
  groupLabels: Record<string, string>;
  alerts: { status: string; labels: Record<string, string>; annotations: Record<string, string> }[];
}

/** Someone who listens to a webhook and remembers everything. */
export class Operator {
  readonly url: string;
  readonly #server: Server;
  readonly #notifications: Notification[] = [];

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    server.on('request', (request, response) => {
      const body: Buffer[] = [];
      request.on('data', (chunk: Buffer) => body.push(chunk));
      request.on('end', () => {
        this.#notifications.push(JSON.parse(Buffer.concat(body).toString()) as Notification);
        response.end();
      });
    });
  }

  /** Listens on a free port of the loopback. */
  static async listen(): Promise<Operator> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Operator(server);
  }

  /** The notifications about one group, in the order in which they came. */
  heard(groupLabels: Record<string, string>): Notification[] {
    const wanted = Object.entries(groupLabels);
    return this.#notifications.filter(
      ({ groupLabels: group }) =>
        Object.keys(group).length === wanted.length && wanted.every(([name, value]) => group[name] === value),
    );
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
