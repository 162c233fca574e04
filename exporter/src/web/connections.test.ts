import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, get as httpGet, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import { counter, Exposition, type Collector, type Format } from '../exposition/index.js';
import { machine, sampleAt } from '../live/live.testing.js';
import { Connections } from './connections.js';
import type { Limits } from './limits.js';
import { build, cleanups, get, lines, log, open, serve } from './serve.testing.js';
import type { WebOptions } from './server.js';

vi.setConfig({ testTimeout: 60_000 });

const MB = 1 << 20;
const METRICS = 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n';
const HEALTH = METRICS.replace('metrics', 'healthz');

/** More than the kernel keeps for one connection on loopback, of a client that does not read. */
const LARGE = 16 * MB;

/** A collector whose series are so long. */
function large(bytes = LARGE): Collector {
  const bulk = counter('trapline_test_bulk_total', 'Bulk.', ['vm']);
  const pad = 'x'.repeat(MB / 16);
  return {
    name: 'bulk',
    help: 'bulk',
    metrics: [bulk],
    collect: (sink) => {
      for (let i = 0; i < (bytes / MB) * 16; i++) sink.sample(bulk, [`${i} ${pad}`], i);
    },
  };
}

async function limited(
  limits: Partial<Limits>,
  options: Partial<WebOptions> = {},
  collectors: Collector[] = [],
) {
  const connections = new Connections({ log, limits });
  const { server, port } = await serve({ connections, ...options }, collectors);
  /** The metrics of the connections now, with nothing that comes to be. */
  const figures = (): Record<string, number> => {
    const values: Record<string, number> = {};
    connections.collect({
      sample: (_, [reason = 'open'], value) => void (values[reason] = value),
      histogram: () => {},
    });
    return values;
  };
  return { server, port, figures };
}

/** A client that sends some bytes at most, and reads nothing. */
async function client(port: number, text = '', localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  cleanups.push(() => socket.destroy());
  socket.on('error', () => {}).pause();
  // The server may close it before the client hears that it was accepted.
  await new Promise((resolve) => socket.on('connect', resolve).on('close', resolve));
  if (text !== '') socket.write(text);
  return socket;
}

/** Clients one after the other, from four addresses in turn. */
async function clients(count: number, port: number, text = ''): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let i = 0; i < count; i++) sockets.push(await client(port, text, `127.0.0.${1 + (i % 4)}`));
  return sockets;
}

/** Resolves when the server has closed it. What a client does not read hides the end of a stream from it, but not a reset. */
const gone = (socket: Socket): Promise<unknown> => {
  socket.resume();
  return new Promise((resolve) => void (socket.closed ? resolve(undefined) : socket.on('close', resolve)));
};

const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 5));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

/** Connections to the port that some process holds, as the kernel says. */
function held(port: number): number {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
  return rows.filter((row) => {
    const [, address, , state, , , , , , inode] = row.trim().split(/\s+/);
    return address === local && state === '01' && inode !== '0';
  }).length;
}

describe('a scrape', () => {
  it('is answered while 660 clients send nothing and 200 do not read', async () => {
    const { port, figures } = await limited({}, {}, [large(6 * MB)]);
    const idle = await clients(660, port);
    await clients(200, port, METRICS);
    for (let i = 0; i < 20; i++) {
      const { status, headers, body } = await get(port, '/metrics');
      expect([status, body.length]).toEqual([200, Number(headers['content-length'])]);
      expect(body.length).toBeGreaterThan(6 * MB);
      expect(held(port)).toBeLessThanOrEqual(256);
      expect(figures()['open']).toBeLessThanOrEqual(256);
    }
    await gone(idle[0]!);
    expect(figures()['connection_limit']).toBeGreaterThanOrEqual(660 - 256);
    await until(() => lines.length > 0);
    expect(lines[0]).toMatch(
      /^Closed \d+ HTTP connections to stay within 256 connections and 64 MiB of unread answers\. List the clients with: ss/,
    );
  });

  it('is collected, written and compressed once for those who wait at the same time', async () => {
    let runs = 0;
    let waiting = 0;
    // The collection goes on until all requests have come.
    const slow: Collector = {
      ...large(MB),
      *collect() {
        runs++;
        while (waiting < 6) yield;
      },
    };
    const connections = new Connections({ log });
    const exposition = new Exposition({ collectors: [slow], build, log, processMetrics: false });
    const hold = vi.spyOn(connections, 'hold');
    const scrape = (format: Format) => (waiting++, exposition.scrape(format));
    const { port } = await serve({ connections, exposition: { scrape } });
    const kinds = [{}, { 'accept-encoding': 'gzip' }, { accept: 'application/openmetrics-text' }];
    await Promise.all([...kinds, ...kinds].map((headers) => get(port, '/metrics', headers)));
    expect(runs).toBe(1);
    expect(hold).toHaveBeenCalledTimes(6);
    expect(new Set(hold.mock.calls.map(([, answer]) => answer)).size).toBe(kinds.length);
  });

  it('keeps its connection in ordinary use, and beside clients that ask nothing', async () => {
    const { port } = await limited({ connections: 20, newest: 4 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    cleanups.push(() => agent.destroy());
    const seen = new Set<Socket>();
    for (let i = 0; i < 5; i++) {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        httpGet({ port, host: '127.0.0.1', path: '/metrics', agent }, resolve).on('error', reject);
      });
      seen.add(response.socket);
      await response.resume().toArray();
      await clients(20, port);
    }
    expect(seen.size).toBe(1);
  });
});

describe('deadlines', () => {
  it('end connections that send nothing, half a request, or one byte after the other', async () => {
    const { port, figures } = await limited({ request: 400 });
    const silent = await clients(40, port);
    const half = await clients(40, port, METRICS.slice(0, 30));
    const slow = await clients(40, port, METRICS.slice(0, -4));
    const drip = setInterval(() => slow.forEach((socket) => socket.writable && socket.write('x')), 50);
    cleanups.push(() => clearInterval(drip));
    await Promise.all([...silent, ...half, ...slow].map(gone));
    await until(() => figures()['open'] === 0);
    expect(figures()['request_timeout']).toBe(120);
  });

  it('end connections that are not used again', async () => {
    const { port, figures } = await limited({ idle: 100 });
    const used = await clients(10, port, HEALTH);
    await Promise.all(used.map(gone));
    expect(figures()).toMatchObject({ open: 0, idle_timeout: 10 });
  });

  it('end an answer that nobody takes, and free its memory', async () => {
    const answers: WeakRef<ArrayBufferLike>[] = [];
    const exposition = {
      scrape: async () => {
        const bytes = Buffer.alloc(LARGE);
        answers.push(new WeakRef(bytes.buffer));
        return Array.from({ length: LARGE / MB }, (_, i) => bytes.subarray(i * MB, (i + 1) * MB));
      },
    };
    const { port, figures } = await limited({ write: 200 }, { exposition });
    const stuck = await clients(3, port, METRICS);
    await until(() => figures()['write_timeout'] === 3);
    await Promise.all(stuck.map(gone));
    expect(figures()['open']).toBe(0);
    await until(() => {
      collectGarbage();
      return answers.every((answer) => answer.deref() === undefined);
    });
    expect(answers).toHaveLength(3);
  });

  it('spare who reads slowly and steadily', async () => {
    const { port, figures } = await limited({ write: 1_000 }, {}, [large()]);
    const response = await open(port, '/metrics');
    let bytes = 0;
    const began = performance.now();
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      // So slow that the whole takes several deadlines.
      while (performance.now() - began < (bytes / LARGE) * 4_000) await turn();
    }
    expect(bytes).toBe(Number(response.headers['content-length']));
    expect(figures()['write_timeout']).toBe(0);
  });

  it('end an answer that takes too long as a whole', async () => {
    const { port, figures } = await limited({ write: 5_000, answer: 200 }, {}, [large()]);
    const response = await open(port, '/metrics');
    response.pause();
    await until(() => figures()['answer_timeout'] === 1);
    await expect(response.resume().toArray()).rejects.toThrow('aborted');
  });

  it('wait for a scrape that is slow itself', async () => {
    const exposition = {
      scrape: () =>
        new Promise<Buffer[]>((resolve) => void setTimeout(() => resolve([Buffer.from('late\n')]), 500)),
    };
    const { port } = await limited({ write: 100 }, { exposition });
    const { status, body } = await get(port, '/metrics');
    expect([status, body.toString()]).toEqual([200, 'late\n']);
  });

  it('end a live stream that is not read, and only that one', async () => {
    const sample = { ...sampleAt(0), vms: [{ vm: 'x'.repeat(LARGE / 2) }] };
    const { port, figures } = await limited({ write: 500 }, { take: async () => ({ sample, machine }) });
    const reading = await open(port, '/live');
    let bytes = 0;
    reading.on('data', (chunk: Buffer) => (bytes += chunk.length));
    await client(port, METRICS.replace('metrics', 'live'));
    await until(() => figures()['write_timeout'] === 1);
    const before = bytes;
    await until(() => bytes > before + LARGE);
    expect(figures()).toMatchObject({ open: 1, write_timeout: 1, answer_timeout: 0 });
  });
});

describe('the bound of connections', () => {
  it('keeps live streams open, and closes the newest where nobody else can go', async () => {
    const { port, figures } = await limited({ connections: 3 });
    const streams = [await open(port, '/live'), await open(port, '/live'), await open(port, '/live')];
    await gone(await client(port));
    expect(streams.map(({ destroyed }) => destroyed)).toEqual([false, false, false]);
    expect(figures()).toMatchObject({ open: 3, connection_limit: 1 });
  });

  it('closes first who never sent a request, then who did, then who does not read', async () => {
    const { port, figures } = await limited({ connections: 3, newest: 1 }, {}, [large()]);
    const unread = await client(port, METRICS);
    await once(unread, 'readable');
    const used = await client(port, HEALTH);
    await once(used, 'readable');
    const silent = await client(port);
    for (const victim of [silent, used, unread]) {
      const before = [silent, used, unread].filter(({ closed }) => closed).length;
      expect(figures()['connection_limit']).toBe(before);
      const stream = await open(port, '/live');
      cleanups.push(() => stream.destroy());
      await gone(victim);
    }
    expect(figures()).toMatchObject({ open: 3, connection_limit: 3 });
  });

  it('takes from the address that holds most', async () => {
    const { port, figures } = await limited({ connections: 10, newest: 1 });
    const oldest = [await client(port, '', '127.0.0.2'), await client(port, '', '127.0.0.2')];
    const many = [];
    for (let i = 0; i < 8; i++) many.push(await client(port, '', '127.0.0.3'));
    for (let i = 0; i < 3; i++) await client(port, '', '127.0.0.4');
    await Promise.all(many.slice(0, 3).map(gone));
    expect(figures()['connection_limit']).toBe(3);
    expect(oldest.map(({ closed }) => closed)).toEqual([false, false]);
  });

  it('closes a connection that sends one request after the other and reads none', async () => {
    let runs = 0;
    const exposition = { scrape: async () => (runs++, [Buffer.alloc(LARGE)]) };
    const { port, figures } = await limited({ pipelined: 4 }, { exposition });
    await gone(await client(port, METRICS.repeat(1_000)));
    expect(figures()).toMatchObject({ open: 0, pipeline_limit: 1 });
    expect(runs).toBeLessThanOrEqual(4);
  });
});

describe('the bound of unread answers', () => {
  it('cuts those who wait longest to take theirs', async () => {
    const { port, figures } = await limited({ heldBytes: 3.5 * LARGE }, {}, [large()]);
    const stuck: Socket[] = [];
    for (let i = 0; i < 10; i++) {
      const socket = await client(port, METRICS);
      // The answer has begun.
      await once(socket, 'readable');
      stuck.push(socket);
    }
    expect(figures()).toMatchObject({ open: 3, memory_limit: 7 });
    await Promise.all(stuck.slice(0, 7).map(gone));
    expect(stuck.map(({ closed }) => closed)).toEqual([...Array(7).fill(true), ...Array(3).fill(false)]);
  });
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
