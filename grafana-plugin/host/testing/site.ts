import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const PAGE = path.join(import.meta.dirname, '../dist');
const PANEL = path.join(import.meta.dirname, '../../dist');

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
};

/** What the exporter allows its page, so that a test fails where the page wants more. The hash is an empty style's. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * A small server on loopback that lays out the built page and panel as the exporter does: the page at `/`, its files
 * below `/host/`, the panel below `/panel/`.
 */
export class TestSite {
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #files = new Map<string, string>();
  readonly #streams = new Set<ServerResponse>();
  /** Where it listens, also after it stopped. */
  origin = '';
  /** Called for each new listener of `/live`; without it `/live` answers 503. */
  onLive: ((send: (event: string, data: unknown) => void) => void) | undefined;
  /** Paths that were asked for and are not there. */
  readonly missing: string[] = [];

  private constructor(private readonly pages: string) {}

  /** Begins to listen; the port is free to choose unless it is given. `pages` is the folder of another built page. */
  static async start(port = 0, pages = PAGE): Promise<TestSite> {
    const site = new TestSite(pages);
    site.#server.listen(port, '127.0.0.1');
    await once(site.#server, 'listening');
    site.origin = `http://127.0.0.1:${(site.#server.address() as AddressInfo).port}`;
    return site;
  }

  /** Serves a value as JSON and returns its path. */
  put(name: string, value: unknown): string {
    this.#files.set(`/${name}`, JSON.stringify(value));
    return `./${name}`;
  }

  /** Sends an event to everyone who listens to `/live`. */
  send(event: string, data: unknown): void {
    this.#streams.forEach((stream) => stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
  }

  /** Ends every open live stream, as an exporter does that stops. */
  drop(): void {
    this.#streams.forEach((stream) => stream.destroy());
    this.#streams.clear();
  }

  async stop(): Promise<void> {
    this.drop();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.origin);
    response.setHeader('Content-Security-Policy', POLICY);
    if (pathname === '/live') {
      this.#stream(response);
      return;
    }
    const body = this.#files.get(pathname) ?? (await readBuilt(this.pages, pathname));
    if (body === undefined) {
      this.missing.push(pathname);
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[path.extname(pathname)] ?? (pathname === '/' ? 'text/html' : 'text/plain');
    response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }).end(body);
  }

  #stream(response: ServerResponse): void {
    if (!this.onLive) {
      response.writeHead(503).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write('retry: 100\n\n');
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
    this.onLive((event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
  }
}

async function readBuilt(pages: string, pathname: string): Promise<Buffer | undefined> {
  const file = pathname.startsWith('/panel/')
    ? path.join(PANEL, pathname.slice('/panel/'.length))
    : path.join(pages, pathname === '/' ? 'index.html' : pathname.replace(/^\/host\//, ''));
  return readFile(file).catch(() => undefined);
}
