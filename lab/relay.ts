/** Metrics of the lab's machines for a Prometheus of this machine. Nothing leads out of the lab but the agent. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Machine } from './machine.js';
import { scrape } from './trapline.js';

/**
 * Answers /metrics on a port of this machine's loopback with what the machine answers on one of its own, until this process ends.
 * @throws Error where the port is in use
 */
export async function relayMetrics(
  machine: Machine,
  { port, to }: { port: number; to: number },
): Promise<void> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end('There is only /metrics.\n');
      return;
    }
    scrape(machine, to).then(
      (text) => response.setHeader('content-type', 'text/plain; version=0.0.4').end(text),
      (error: Error) => response.writeHead(503).end(`${error.message}\n`),
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
}
