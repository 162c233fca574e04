import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createGzip } from 'node:zlib';
import { contentType, type Format, type Log } from '../exposition/index.js';
import { isLoopbackHostHeader } from './address.js';
import type { Answer, Connections } from './connections.js';
import type { LiveFeed } from './live.js';
import { acceptsGzip, chooseFormat } from './negotiate.js';
import type { Site } from './site.js';

export interface AppOptions {
  exposition: { scrape(format: Format): Promise<readonly Buffer[]> };
  /** Why the exporter is not ready, in one sentence; undefined when it is. */
  notReady: () => string | undefined;
  live: LiveFeed;
  connections: Pick<Connections, 'hold'>;
  site: Site;
  log: Log;
  /** Whether only requests for a loopback name are answered: true when the server listens on loopback. */
  loopbackOnly: boolean;
}

/** The express application: every answer the exporter gives. */
export function createApp(options: AppOptions): Express {
  const { notReady, live, log, loopbackOnly } = options;
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.use((request, response, next) => {
    response.set(securityHeaders);
    if (loopbackOnly && !isLoopbackHostHeader(request.headers.host)) {
      say(
        response,
        421,
        'This exporter listens on loopback and answers only to localhost; use --listen to open it.',
      );
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      say(response.set('Allow', 'GET, HEAD'), 405, 'Only GET and HEAD are answered here.');
    } else next();
  });
  app.get('/metrics', (request, response) => serveMetrics(options, request, response));
  app.get('/healthz', (_request, response) => say(response, 200, 'Serving.'));
  app.get('/readyz', (_request, response) => {
    const reason = notReady();
    say(response, reason === undefined ? 200 : 503, reason ?? 'Ready.');
  });
  app.get('/live', (request, response) => live.serve(request, response));
  app.use((request, response) => serveFile(options, request, response));
  app.use(answerErrors(log));
  return app;
}

/**
 * The SHA-256 of nothing. Grafana's components add empty style elements and fill them rule by rule from scripts:
 * this lets the elements in, and still no style that markup brings along.
 */
const EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/** The page is made of this server's own scripts, styles, pictures and stream, and of nothing else. */
const securityHeaders = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' ${EMPTY_STYLE}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** An SVG is a document of its own: it may carry its styles, and nothing that acts. */
const PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

function say(response: Response, status: number, sentence: string): void {
  response.status(status).set('Cache-Control', 'no-store').type('text/plain').send(`${sentence}\n`);
}

async function serveMetrics(
  { exposition, connections }: AppOptions,
  request: Request,
  response: Response,
): Promise<void> {
  const format = chooseFormat(request.headers.accept);
  const text = await exposition.scrape(format);
  response.set({
    'Content-Type': contentType(format),
    'Cache-Control': 'no-store',
    Vary: 'Accept, Accept-Encoding',
  });
  if (acceptsGzip(request.headers['accept-encoding'])) {
    response.set('Content-Encoding', 'gzip');
    await send(connections, await compressed(text), request, response);
  } else await send(connections, text, request, response);
}

const compressedTexts = new WeakMap<Answer, Promise<Answer>>();

/** A text that several clients get is compressed once. */
function compressed(text: Answer): Promise<Answer> {
  let result = compressedTexts.get(text);
  if (!result) {
    // The text is very repetitive: the fastest level already takes off nine tenths.
    result = Readable.from(text)
      .pipe(createGzip({ level: constants.Z_BEST_SPEED }))
      .toArray();
    compressedTexts.set(text, result);
  }
  return result;
}

/** Sends an answer, through a transformation where one is given. A client that goes away before it has everything is no failure of ours. */
async function send(
  connections: AppOptions['connections'],
  answer: Answer,
  { method }: Request,
  response: Response,
  ...through: Transform[]
): Promise<void> {
  if (through.length === 0)
    response.set('Content-Length', String(answer.reduce((sum, { length }) => sum + length, 0)));
  if (method === 'HEAD') {
    response.end();
    return;
  }
  const taken = connections.hold(response, answer);
  try {
    await pipeline([Readable.from(answer), ...through, response]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  } finally {
    taken();
  }
}

async function serveFile(
  { site, connections }: AppOptions,
  request: Request,
  response: Response,
): Promise<void> {
  const asset = site.find(request.path);
  if (!asset) {
    if (request.path === '/') response.set('Cache-Control', 'no-store').type('html').send(UNBUILT_PAGE);
    else say(response, 404, 'There is nothing here; try /metrics, /healthz, /readyz, /live or /.');
    return;
  }
  const { contentType, etag, body, compressed } = asset;
  // Clients keep files but ask each time whether they are current.
  response.set({ ETag: etag, 'Cache-Control': 'no-cache', Vary: 'Accept-Encoding' });
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  response.set('Content-Type', contentType);
  if (contentType.startsWith('image/svg')) response.set('Content-Security-Policy', PICTURE_POLICY);
  if (!compressed) await send(connections, body, request, response);
  else if (acceptsGzip(request.headers['accept-encoding']))
    await send(connections, body, request, response.set('Content-Encoding', 'gzip'));
  else await send(connections, body, request, response, createGunzip());
}

const UNBUILT_PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Trapline</title></head>
<body>
<main>
<h1>Trapline</h1>
<p>The exporter runs. Its page was not built; <code>npm start</code> in the checkout builds it.</p>
<ul>
<li><a href="/metrics">Metrics</a> for Prometheus</li>
<li><a href="/readyz">Readiness</a></li>
<li><a href="/healthz">Health</a></li>
</ul>
</main>
</body>
</html>
`;

function answerErrors(log: Log): ErrorRequestHandler {
  return (error, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    log.warn({ err: error }, 'A request failed.');
    say(response, 500, 'This request failed; the log says why.');
  };
}
