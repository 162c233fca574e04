/** A web server on loopback, and clients for it. */
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { afterEach } from 'vitest';
import { Exposition, type Collector } from '../exposition/index.js';
import { machine, sampleAt } from '../live/live.testing.js';
import { Connections } from './connections.js';
import { WebServer, type WebOptions } from './server.js';
import { Site } from './site.js';

/** What the server logs. */
export const lines: string[] = [];
export const log = {
  info: (_: object, message: string) => void lines.push(message),
  warn: (_: object, message: string) => void lines.push(message),
};
export const build = { version: '1', kernel: '6', libbpf: '1' };
export const take = async () => ({ sample: sampleAt(Date.now()), machine });

/** What is undone after each test, the last one first. */
export const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  lines.length = 0;
});

const unbuilt = (): Promise<Site> =>
  Site.load({ page: '/nonexistent/page', panel: '/nonexistent/panel', runbook: '/nonexistent/runbook' });

export async function serve(options: Partial<WebOptions> = {}, collectors: readonly Collector[] = []) {
  const connections = options.connections ?? new Connections({ log });
  const server = new WebServer({
    listen: { host: '127.0.0.1', port: 0 },
    connections,
    exposition: new Exposition({
      collectors: [connections, ...collectors],
      build,
      log,
      processMetrics: false,
    }),
    notReady: () => undefined,
    take,
    site: await unbuilt(),
    log,
    ...options,
  });
  cleanups.push(() => server.stop());
  return { server, ...(await server.start()) };
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export function open(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers, method, agent: false }, resolve)
      .on('error', reject)
      .end();
  });
}

export async function get(...args: Parameters<typeof open>): Promise<Answer> {
  const response = await open(...args);
  const chunks: Buffer[] = await response.toArray();
  return { status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) };
}
