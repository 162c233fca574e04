import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { Counter, Gauge, Registry } from 'prom-client';
import type { Announcer, Progress } from '../announcer.js';
import { STAGES, type Cell, type Sample } from '../results.js';
import { CELL, CELLS, DELIVERED, LOST, OFFERED, REMAINING } from './definitions.js';

/** Where Prometheus as provisioned looks for a run. */
export const METRICS_PORT = 9820;

/**
 * Serves what a run says of itself on /metrics of the loopback, until it is closed: at most one series for the cell that runs and a
 * dozen more. `port` is 0 for any that is free.
 * @throws Error of the socket, where another process has the port: another run, say
 */
export async function announceToPrometheus(
  port = METRICS_PORT,
): Promise<Announcer & { readonly port: number }> {
  const metrics = new Metrics();
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end('There is only /metrics.\n');
      return;
    }
    void metrics.registry.metrics().then((text) => {
      response.setHeader('content-type', metrics.registry.contentType).end(text);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  // A run that is over must not be kept alive by who watches it.
  server.unref();
  return Object.assign(metrics, { port: portOf(server), close: () => closed(server) });
}

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
};

async function closed(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

class Metrics implements Omit<Announcer, 'close'> {
  readonly registry = new Registry();
  readonly #cell = new Gauge(configured(CELL, this.registry));
  readonly #cells = new Gauge(configured(CELLS, this.registry));
  readonly #remaining = new Gauge(configured(REMAINING, this.registry));
  readonly #offered = new Counter(configured(OFFERED, this.registry));
  readonly #delivered = new Counter(configured(DELIVERED, this.registry));
  readonly #lost = new Counter(configured(LOST, this.registry));

  constructor() {
    // From the first scrape on, so that the first loss is a rise.
    for (const stage of STAGES) this.#lost.inc({ stage }, 0);
  }

  cellStarted({ id, platform, method, monitor, flows, size }: Cell, progress: Progress): void {
    this.#cell.reset();
    this.#cell.set({ cell: id, platform, method, monitor, flows, size: String(size) }, 1);
    this.#note(progress);
  }

  sample(_cell: Cell, { offered, delivered, lost }: Sample): void {
    // A packet under way between two readings may make a count fall; a counter must not.
    this.#offered.inc(Math.max(0, offered));
    this.#delivered.inc(Math.max(0, delivered));
    for (const stage of STAGES) this.#lost.inc({ stage }, Math.max(0, lost[stage] ?? 0));
  }

  cellEnded(_cell: Cell, _result: unknown, progress: Progress): void {
    this.#cell.reset();
    this.#note(progress);
  }

  #note({ done, planned, secondsLeft }: Progress): void {
    this.#cells.set({ state: 'measured' }, done);
    this.#cells.set({ state: 'planned' }, planned);
    this.#remaining.set(secondsLeft);
  }
}

const configured = ({ name, help, labels }: typeof CELL, registry: Registry) => ({
  name,
  help,
  labelNames: labels,
  registers: [registry],
});
