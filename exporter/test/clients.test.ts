/** Clients that send nothing or read nothing, against a real exporter that a real Prometheus scrapes. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Prometheus, startPrometheus } from '../../provisioning/e2e.js';
import { modules } from '../src/collectors/catalogue.js';
import { Exporter, until } from './exporter.js';
import { ground, missing } from './ground.js';

const SILENT = 660;
const UNREAD = 200;
const SCRAPES = 20;
const REQUEST = 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** Clients of four addresses that come back whenever the server closes them. */
class Crowd {
  returned = 0;
  readonly #sockets = new Set<Socket>();
  #left = false;

  join(port: number, text: string, index: number): void {
    if (this.#left) return;
    const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${1 + (index % 4)}` });
    this.#sockets.add(socket);
    socket.on('error', () => {});
    // What is silent reads, so as to hear that it was closed; the others read nothing.
    if (text === '') socket.resume();
    else socket.pause().write(text);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.returned++;
      setTimeout(() => this.join(port, text, index), 1_000);
    });
  }

  leave(): void {
    this.#left = true;
    for (const socket of this.#sockets) socket.destroy();
  }
}

describe.skipIf(!ground.root)(`clients that misbehave${missing('root')}`, () => {
  let exporter: Exporter;
  let prometheus: Prometheus;
  const crowd = new Crowd();

  beforeAll(async () => {
    const withPrograms = modules.filter(({ signals }) => signals.length > 0);
    exporter = await Exporter.start(
      ...withPrograms.map(({ description }) => `--no-collector.${description.name}`),
    );
    const { port, host } = new URL(exporter.url);
    for (let i = 0; i < SILENT + UNREAD; i++) crowd.join(Number(port), i < SILENT ? '' : REQUEST, i);
    await until(async () => (await exporter.scrape()).sum('trapline_http_connections') > 200);
    prometheus = await startPrometheus([host]);
  });

  afterAll(async () => {
    crowd.leave();
    await prometheus?.stop();
    await exporter?.stop();
  });

  it('cost no scrape, although each comes back when it is closed', { timeout: 120_000 }, async () => {
    const figure = async (expr: string) => (await prometheus.query(expr))[0]?.value ?? 0;
    while ((await figure('count_over_time(up[10m])')) < SCRAPES) await sleep(500);
    expect(await figure('min_over_time(up[10m])')).toBe(1);
    expect(await figure('max_over_time(trapline_http_connections[10m])')).toBeLessThanOrEqual(256);
    const scrape = await exporter.scrape();
    expect(
      scrape.sum('trapline_http_connections_closed_total', { reason: 'connection_limit' }),
    ).toBeGreaterThan(SILENT + UNREAD - 256);
    expect(crowd.returned).toBeGreaterThan(0);
    expect(exporter.log).toMatch(/Closed \d+ HTTP connections to stay within 256 connections/);
  });
});
