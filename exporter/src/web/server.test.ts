import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { counter, Exposition, gauge, histogram, type Collector } from '../exposition/index.js';
import { ListenError } from './server.js';
import { Site } from './site.js';
import { machine, sampleAt } from '../live/live.testing.js';
import { build, cleanups, get, lines, log, open, serve, take, type Answer } from './serve.testing.js';
import { runbookFiles } from '../write_runbook.js';

const packets = counter('trapline_test_packets_total', 'Packets.', ['vm']);

function directory(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'trapline-web-'));
  cleanups.push(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const says = ({ status, body }: Answer): [number, string] => [status, body.toString()];

function promtool(text: string): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile('promtool', ['check', 'metrics'], (error, stdout, stderr) => {
      resolve(`${error ? `exit ${error.code}: ` : ''}${stdout}${stderr}`);
    });
    child.stdin!.end(text);
  });
}

describe('/metrics', () => {
  const hostile = ['a"b', 'a\\b', 'a\nb', 'a\r\tb', '😀', '\ud800', '\u0000\u001b[31m', '}', '"} 1 #', ' '];
  const waits = histogram('trapline_test_wait_seconds', 'Waits.', ['vm'], [0.5, 1]);
  const level = gauge('trapline_test_level_ratio', 'Level.', ['vm']);
  const collector: Collector = {
    name: 'test',
    help: 'test',
    metrics: [packets, waits, level],
    collect(sink) {
      for (const vm of hostile) {
        sink.sample(packets, [vm], 2 ** 60);
        sink.histogram(waits, [vm], [1, 2, 3], 1e-9);
        sink.sample(level, [vm], Infinity);
      }
    },
  };

  it('is accepted by promtool without a word, also with hostile names', async () => {
    const exposition = new Exposition({ collectors: [collector], build, log });
    const { port } = await serve({ exposition });
    const { headers, body } = await get(port, '/metrics');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    const series = body
      .toString()
      .split('\n')
      .filter((line) => line.startsWith('trapline_test_packets_total{'));
    expect(series).toHaveLength(hostile.length);
    expect(series[2]).toBe('trapline_test_packets_total{vm="a\\nb"} 1152921504606847000');
    expect(await promtool(body.toString())).toBe('');
  });

  it('is OpenMetrics for those who ask for it', async () => {
    const { port } = await serve({}, [collector]);
    const { headers, body } = await get(port, '/metrics', {
      accept: 'application/openmetrics-text;version=1.0.0',
    });
    expect(headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(headers['vary']).toBe('Accept, Accept-Encoding');
    expect(body.toString()).toContain('# TYPE trapline_test_packets counter\n');
    expect(body.toString().endsWith('\n# EOF\n')).toBe(true);
  });

  it('is compressed for those who accept it', async () => {
    const { port } = await serve({}, [collector]);
    const { headers, body } = await get(port, '/metrics', { 'accept-encoding': 'gzip' });
    expect(headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(body).toString()).toContain('trapline_test_packets_total{vm="😀"}');
  });

  it('is served while one collector fails', async () => {
    const bad: Collector = {
      ...collector,
      name: 'bad',
      metrics: [],
      collect: () => {
        throw new Error('gone');
      },
    };
    const { port } = await serve({}, [bad, collector]);
    const { status, body } = await get(port, '/metrics');
    expect(status).toBe(200);
    expect(body.toString()).toContain('trapline_collector_up{collector="bad"} 0\n');
    expect(body.toString()).toContain('trapline_collector_up{collector="test"} 1\n');
  });

  it('answers 500 in a sentence and goes on when nothing can be written', async () => {
    let broken = true;
    const exposition = {
      scrape: async () => {
        if (broken) throw new Error('no');
        return [Buffer.from('fi'), Buffer.from('ne\n')];
      },
    };
    const { port } = await serve({ exposition });
    expect(says(await get(port, '/metrics'))).toEqual([500, 'This request failed; the log says why.\n']);
    expect(lines).toEqual(['A request failed.']);
    broken = false;
    expect(says(await get(port, '/metrics'))).toEqual([200, 'fine\n']);
  });
});

describe('/healthz and /readyz', () => {
  it('tell serving from ready', async () => {
    let reason: string | undefined = 'The first scan is not done yet.';
    const { port } = await serve({ notReady: () => reason });
    expect(says(await get(port, '/healthz'))).toEqual([200, 'Serving.\n']);
    expect(says(await get(port, '/readyz'))).toEqual([503, 'The first scan is not done yet.\n']);
    reason = undefined;
    expect(says(await get(port, '/readyz'))).toEqual([200, 'Ready.\n']);
  });
});

describe('the page', () => {
  const html = `<!doctype html><title>Page</title>${'<p>text</p>'.repeat(100)}`;

  async function site(): Promise<Site> {
    const page = directory({
      'index.html': html,
      'assets/main.js': 'let a = 1;'.repeat(50),
      'assets/main.js.map': '{}',
      'a b.txt': 'text',
    });
    const panel = directory({ 'module.js': 'define([]);', 'img/logo.svg': '<svg/>' });
    return Site.load({ page, panel, runbook: directory(Object.fromEntries(runbookFiles())) });
  }

  it('is served from memory, also after its files are gone', async () => {
    const { port } = await serve({ site: await site() });
    await cleanups[0]!();
    const { headers, body } = await get(port, '/');
    expect(body.toString()).toBe(html);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-cache');
    expect(headers['content-encoding']).toBeUndefined();
    const zipped = await get(port, '/', { 'accept-encoding': 'gzip' });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.body).toString()).toBe(html);
  });

  it('has each file at its place, with its type, to be asked for again', async () => {
    const { port } = await serve({ site: await site() });
    const facts = async (path: string) => {
      const { status, headers } = await get(port, path);
      return [status, headers['content-type'], headers['cache-control']];
    };
    expect(await facts('/host/index.html')).toEqual([200, 'text/html; charset=utf-8', 'no-cache']);
    expect(await facts('/host/assets/main.js')).toEqual([200, 'text/javascript; charset=utf-8', 'no-cache']);
    expect(await facts('/host/a%20b.txt')).toEqual([200, 'text/plain; charset=utf-8', 'no-cache']);
    expect(await facts('/panel/module.js')).toEqual([200, 'text/javascript; charset=utf-8', 'no-cache']);
    expect(await facts('/panel/img/logo.svg?v=1')).toEqual([200, 'image/svg+xml; charset=utf-8', 'no-cache']);
    for (const path of [
      '/host/assets/main.js.map',
      '/panel/../host/index.html',
      '/panel/%2e%2e/%2e%2e/etc/passwd',
    ]) {
      expect((await facts(path))[0]).toBe(404);
    }
  });

  it('has the runbook beside it, whose links lead to its own sections', async () => {
    const { port } = await serve({ site: await site() });
    const { status, headers, body } = await get(port, '/runbook');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect((await get(port, '/runbook/style.css')).headers['content-type']).toBe('text/css; charset=utf-8');
    const html = body.toString();
    // The policy has no room for styles or scripts in the page.
    expect(html).not.toMatch(/<(script|style)| style=| on\w+=/);
    const anchors = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => `#${id}`);
    const links = [...html.matchAll(/ href="([^"]+)"/g)].map(([, link]) => link!);
    expect(new Set(anchors).size).toBe(anchors.length);
    expect(links.filter((link) => !anchors.includes(link))).toEqual(['./runbook/style.css', './']);
  });

  it('is not sent again to a client that has it', async () => {
    const { port } = await serve({ site: await site() });
    const { headers } = await get(port, '/');
    const again = await get(port, '/', { 'if-none-match': headers['etag']! });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect((await get(port, '/', { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('helps where it was not built', async () => {
    const { port } = await serve();
    const { status, headers, body } = await get(port, '/');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body.toString()).toContain('<code>npm start</code>');
  });

  it('may load from this server only', async () => {
    const { port } = await serve({ site: await site() });
    const { headers } = await get(port, '/');
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    const picture = await get(port, '/panel/img/logo.svg');
    expect(picture.headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-powered-by']).toBeUndefined();
  });
});

describe('requests', () => {
  it('for nothing get 404, for other methods 405, broken ones 404, in a sentence', async () => {
    const { port } = await serve();
    const nothing = 'There is nothing here; try /metrics, /healthz, /readyz, /live or /.\n';
    expect(says(await get(port, '/none'))).toEqual([404, nothing]);
    expect(says(await get(port, '/%'))).toEqual([404, nothing]);
    const post = await get(port, '/metrics', {}, 'POST');
    expect(says(post)).toEqual([405, 'Only GET and HEAD are answered here.\n']);
    expect(post.headers['allow']).toBe('GET, HEAD');
  });

  it.each(['/metrics', '/healthz', '/', '/live'])('by HEAD get the head of %s', async (path) => {
    const { port, server } = await serve();
    const { status, body } = await get(port, path, {}, 'HEAD');
    expect([status, body.length]).toEqual([200, 0]);
    await server.stop();
  });

  it('for a foreign name are refused on loopback', async () => {
    const { port } = await serve();
    expect(says(await get(port, '/metrics', { host: 'rebound.example' }))).toEqual([
      421,
      'This exporter listens on loopback and answers only to localhost; use --listen to open it.\n',
    ]);
    expect((await get(port, '/healthz', { host: `localhost:${port}` })).status).toBe(200);
  });

  it('for any name are answered on an open address', async () => {
    const { port } = await serve({ listen: { host: '0.0.0.0', port: 0 } });
    expect((await get(port, '/healthz', { host: 'sensor.example' })).status).toBe(200);
  });
});

/** Reads whole events from a stream; comments and the retry line are events without data. */
class Events {
  private text = '';
  private readonly chunks: AsyncIterator<Buffer>;

  constructor(readonly response: IncomingMessage) {
    this.chunks = response[Symbol.asyncIterator]();
  }

  async next(): Promise<string | undefined> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const event = this.text.slice(0, end);
        this.text = this.text.slice(end + 2);
        return event;
      }
      const { value, done } = await this.chunks.next();
      if (done) return undefined;
      this.text += value.toString();
    }
  }
}

describe('/live', () => {
  it('tells of the machine, gives the history, then every sample after it', async () => {
    let t = 0;
    const { port } = await serve({ take: async () => ({ sample: sampleAt(++t), machine }) });
    const json = (at: number): string => JSON.stringify(sampleAt(at));
    // Nothing is known of the machine before the first beat.
    const first = new Events(await open(port, '/live'));
    expect(first.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const told = `event: machine\ndata: ${JSON.stringify(machine)}`;
    expect([await first.next(), await first.next(), await first.next(), await first.next()]).toEqual([
      'retry: 2000',
      'event: history\ndata: []',
      told,
      `event: sample\ndata: ${json(1)}`,
    ]);
    expect(await first.next()).toBe(`event: sample\ndata: ${json(2)}`);
    const second = new Events(await open(port, '/live'));
    expect([await second.next(), await second.next()]).toEqual(['retry: 2000', told]);
    const history = await second.next();
    const known = history!.match(/"t"/g)!.length;
    const samples = Array.from({ length: known }, (_, i) => json(i + 1));
    expect(history).toBe(`event: history\ndata: [${samples.join(',')}]`);
    expect(await second.next()).toBe(`event: sample\ndata: ${json(known + 1)}`);
  });

  it('has a bounded number of places, and frees them', async () => {
    const { port } = await serve({ maxClients: 2 });
    const watching = [await open(port, '/live'), await open(port, '/live')];
    const refused = await get(port, '/live');
    expect(says(refused)).toEqual([
      503,
      'All 2 places of the live stream are taken; close a page that shows it.\n',
    ]);
    expect(refused.headers['retry-after']).toBe('10');
    watching[0]!.destroy();
    let status = 503;
    while (status === 503) {
      const answer = await open(port, '/live');
      status = answer.statusCode!;
      answer.resume();
    }
    expect(status).toBe(200);
  });

  it('keeps streams open through failing samples, and says so once', async () => {
    let broken = true;
    const { port } = await serve({
      take: async () => {
        if (broken) throw new Error('no');
        return take();
      },
    });
    const events = new Events(await open(port, '/live'));
    await events.next();
    await events.next();
    expect([await events.next(), await events.next()]).toEqual([': no sample', ': no sample']);
    broken = false;
    let event = ': no sample';
    while (event === ': no sample') event = (await events.next())!;
    expect(event).toMatch(/^event: machine\n/);
    expect(await events.next()).toMatch(/^event: sample\n/);
    expect(lines).toEqual(['The live stream has no samples.', 'The live stream works again.']);
  });
});

describe('WebServer', () => {
  it('says where it listens', async () => {
    const { url, port } = await serve();
    expect(url).toBe(`http://127.0.0.1:${port}/`);
  });

  it.each([
    [
      'a port in use',
      async () => ({ host: '127.0.0.1', port: (await serve()).port }),
      'another process listens there',
      'EADDRINUSE',
    ],
    [
      'a foreign address',
      async () => ({ host: '192.0.2.1', port: 0 }),
      'this machine has no such address',
      'EADDRNOTAVAIL',
    ],
  ])('explains %s', async (_what, listen, why, code) => {
    const address = await listen();
    const failure = await serve({ listen: address }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ListenError);
    expect((failure as ListenError).code).toBe(code);
    expect((failure as ListenError).message).toBe(
      `Cannot listen on ${address.host} port ${address.port}: ${why}.`,
    );
    expect((failure as ListenError).remedy).toContain('--listen');
  });

  it('stops with streams, idle connections and half a request open', async () => {
    const { server, port } = await serve();
    const streams = await Promise.all(Array.from({ length: 5 }, () => open(port, '/live')));
    const half: Socket = connect(port, '127.0.0.1');
    half.on('error', () => {});
    half.write('GET /metrics HTTP/1.1\r\nHost: localh');
    const ended = Promise.all(streams.map((stream) => stream.resume().toArray()));
    await server.stop();
    await ended;
    await expect(open(port, '/healthz')).rejects.toThrow('ECONNREFUSED');
    await server.stop();
  });
});
