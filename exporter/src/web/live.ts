import type { Request, Response } from 'express';
import type { Log } from '../exposition/index.js';
import type { Connections } from './connections.js';
import { History } from './history.js';
import type { Taken } from '../live/live_view.js';
import type { LiveEvents } from '../live/protocol.js';

export interface LiveOptions {
  /** Looks at everything now. */
  take: () => Promise<Taken>;
  log: Log;
  /** Milliseconds of any clock that goes on (default: the monotonic one). */
  clock?: () => number;
  /** Streams open at the same time (default 32). */
  maxClients?: number;
  /** Holds the history for clients that are slow to take it. */
  connections?: Pick<Connections, 'hold'>;
}

const TICK = 1_000;
/**
 * The share of the time that samples may take, and ticks between two: the fewest, and the most however dear they are, because a page that
 * does not move is of no use.
 */
const WATCHED = { share: 0.05, fewest: 1, most: 5 };
const IDLE = { share: 0.0005, fewest: 5, most: 60 };
const HISTORY_AGE = 15 * 60_000;
/** A host with hundreds of VMs gets a shorter history rather than a larger process. */
const HISTORY_BYTES = 16 * 1024 * 1024;

/** The live stream: samples on a beat, a short history, and the clients that watch. */
export class LiveFeed {
  private readonly history = new History(HISTORY_AGE, HISTORY_BYTES);
  private readonly clients = new Map<Response, Client>();
  private readonly maxClients: number;
  private timer: NodeJS.Timeout | undefined;
  private readonly clock: () => number;
  private ticks = 0;
  /** How long the last sample took, in milliseconds, and at which tick it was taken. */
  private last = { took: 0, tick: -Infinity };
  /** What is known of the machine, as it is sent. */
  private machine = '';
  /** The history as it is sent, one for all who come before the next sample. */
  private past: readonly [Buffer] | undefined;
  private failing = false;
  private taking = false;

  constructor(private readonly options: LiveOptions) {
    this.maxClients = options.maxClients ?? 32;
    this.clock = options.clock ?? (() => performance.now());
  }

  /** Streams open now. */
  get watching(): number {
    return this.clients.size;
  }

  /** Starts the beat. */
  start(): void {
    this.timer ??= setInterval(() => void this.tick(), TICK);
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
    const client = { machine: '' };
    this.clients.set(response, client);
    response.on('close', () => this.clients.delete(response));
    response.on('error', () => this.clients.delete(response));
    response.write(`retry: 2000\n\n${this.news(client)}`);
    this.past ??= [Buffer.from(event('history', this.history.toJson()))];
    const taken = this.options.connections?.hold(response, this.past);
    if (response.write(this.past[0])) taken?.();
    else if (taken) response.once('drain', taken);
  }

  /** Whether a sample is welcome that somebody else has at hand: who watches has them more often than that. */
  get wantsSample(): boolean {
    return this.clients.size === 0 && !this.taking && this.ticks - this.last.tick >= IDLE.fewest;
  }

  /** Takes such a sample in place of one of its own, unless it has got one meanwhile. */
  offer(taken: () => Taken): void {
    if (!this.wantsSample) return;
    this.last.tick = this.ticks;
    void this.keep(taken);
  }

  /** One beat: public so that a test need not wait for the clock. */
  async tick(): Promise<void> {
    const tick = this.ticks++;
    if (this.taking || !this.due(tick)) return;
    this.taking = true;
    const began = this.clock();
    const json = await this.keep(this.options.take);
    this.last = { took: this.clock() - began, tick };
    this.taking = false;
    // A comment keeps proxies and clients from giving up while there is nothing to say.
    this.broadcast(json === undefined ? ': no sample\n\n' : event('sample', json));
  }

  /** Where samples are dear, on a host with hundreds of VMs, there are fewer of them. */
  private due(tick: number): boolean {
    const { share, fewest, most } = this.clients.size > 0 ? WATCHED : IDLE;
    const affordable = this.last.took / share / TICK;
    return tick - this.last.tick >= Math.min(most, Math.max(fewest, affordable));
  }

  /** Takes a sample and remembers it. Returns it as JSON, or undefined where there is none. */
  private async keep(take: () => Taken | Promise<Taken>): Promise<string | undefined> {
    const { log } = this.options;
    try {
      const { sample, machine } = await take();
      const json = JSON.stringify(sample);
      this.history.add(sample.t, json);
      this.past = undefined;
      this.machine = event('machine', JSON.stringify(machine));
      if (this.failing) log.info({}, 'The live stream works again.');
      this.failing = false;
      return json;
    } catch (error) {
      if (!this.failing) log.warn({ err: error }, 'The live stream has no samples.');
      this.failing = true;
      return undefined;
    }
  }

  /** What this client does not know yet of the machine. */
  private news(client: Client): string {
    if (client.machine === this.machine) return '';
    client.machine = this.machine;
    return this.machine;
  }

  /**
   * A client that has not taken the last event misses this one: counters are cumulative, so nothing is lost. One that takes none is cut by
   * the write deadline of its connection.
   */
  private broadcast(text: string): void {
    for (const [response, client] of this.clients) {
      if (!response.writableNeedDrain) response.write(this.news(client) + text);
    }
  }
}

/** One open stream. */
interface Client {
  /** What it was told of the machine. */
  machine: string;
}

/** JSON has no line breaks, so one data line is enough. */
function event(name: keyof LiveEvents, json: string): string {
  return `event: ${name}\ndata: ${json}\n\n`;
}
