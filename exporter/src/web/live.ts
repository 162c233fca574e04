import type { Request, Response } from 'express';
import type { Log } from '../exposition/index.js';
import { History } from './history.js';
import type { LiveSample } from './types.js';

export interface LiveOptions {
  /** Takes a sample now. */
  sample: () => LiveSample;
  log: Log;
  /** Streams open at the same time (default 32). */
  maxClients?: number;
}

const TICK = 1_000;
/** Ticks between samples while nobody watches. */
const IDLE_TICKS = 5;
const HISTORY_AGE = 15 * 60_000;
/** A host with hundreds of VMs gets a shorter history rather than a larger process. */
const HISTORY_BYTES = 16 * 1024 * 1024;
/** Ticks a client may leave unread before it is cut off. */
const PATIENCE = 15;

/** The live stream: samples on a beat, a short history, and the clients that watch. */
export class LiveFeed {
  private readonly history = new History(HISTORY_AGE, HISTORY_BYTES);
  /** Clients, and for how many ticks each has not taken what was sent. */
  private readonly clients = new Map<Response, number>();
  private readonly maxClients: number;
  private timer: NodeJS.Timeout | undefined;
  private ticks = 0;
  private failing = false;

  constructor(private readonly options: LiveOptions) {
    this.maxClients = options.maxClients ?? 32;
  }

  /** Streams open now. */
  get watching(): number {
    return this.clients.size;
  }

  /** Starts the beat. */
  start(): void {
    this.timer ??= setInterval(() => this.tick(), TICK);
  }

  /** Stops the beat and ends every stream. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    for (const client of this.clients.keys()) client.end();
    this.clients.clear();
  }

  /** Answers one request with the stream, or with 503 where all places are taken. */
  serve(request: Request, response: Response): void {
    if (this.clients.size >= this.maxClients) {
      const sentence = `All ${this.maxClients} places of the live stream are taken; close a page that shows it.\n`;
      response.status(503).set('Retry-After', '10').type('text/plain').send(sentence);
      return;
    }
    response.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      // nginx would otherwise hold events back.
      'X-Accel-Buffering': 'no',
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    this.clients.set(response, 0);
    response.on('close', () => this.clients.delete(response));
    response.on('error', () => this.clients.delete(response));
    response.write(`retry: 2000\n\n${event('history', this.history.toJson())}`);
  }

  /** One beat: public so that a test need not wait for the clock. */
  tick(): void {
    const due = this.clients.size > 0 || this.ticks % IDLE_TICKS === 0;
    this.ticks++;
    if (!due) return;
    const json = this.take();
    // A comment keeps proxies and clients from giving up while there is nothing to say.
    this.broadcast(json === undefined ? ': no sample\n\n' : event('sample', json));
  }

  private take(): string | undefined {
    const { log, sample } = this.options;
    try {
      const taken = sample();
      const json = JSON.stringify(taken);
      this.history.add(taken.t, json);
      if (this.failing) log.info({}, 'The live stream works again.');
      this.failing = false;
      return json;
    } catch (error) {
      if (!this.failing) log.warn({ err: error }, 'The live stream has no samples.');
      this.failing = true;
      return undefined;
    }
  }

  /** A client that has not taken the last event misses this one: counters are cumulative, so nothing is lost. */
  private broadcast(text: string): void {
    for (const [client, unread] of this.clients) {
      if (!client.writableNeedDrain) {
        this.clients.set(client, 0);
        client.write(text);
      } else if (unread + 1 < PATIENCE) {
        this.clients.set(client, unread + 1);
      } else {
        this.clients.delete(client);
        client.destroy();
      }
    }
  }
}

/** JSON has no line breaks, so one data line is enough. */
function event(name: string, json: string): string {
  return `event: ${name}\ndata: ${json}\n\n`;
}
