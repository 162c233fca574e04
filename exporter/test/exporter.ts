import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseScrape, Scrape } from './scrape.js';

/** The command line as a user starts it, in a built checkout. */
export const TRAPLINE = join(import.meta.dirname, '../dist/main.js');

/** A running `trapline serve`: the loader and its server. */
export class Exporter {
  private constructor(
    readonly loader: ChildProcess,
    readonly url: string,
    private readonly output: () => string,
  ) {}

  /** Starts it on a free port and waits until it is ready. Throws with its output when it ends instead. */
  static start(...args: string[]): Promise<Exporter> {
    return Exporter.startBy([process.execPath, TRAPLINE], ...args);
  }

  /** The same with a command of one's own that becomes `trapline`, for example in other circumstances. */
  static async startBy(command: readonly string[], ...args: string[]): Promise<Exporter> {
    const listen = `127.0.0.1:${await freePort()}`;
    const [program, ...rest] = command;
    const loader = spawn(program!, [...rest, 'serve', '--listen', listen, ...args]);
    let output = '';
    for (const stream of [loader.stdout, loader.stderr])
      stream.on('data', (chunk) => (output += String(chunk)));
    const exporter = new Exporter(loader, `http://${listen}`, () => output);
    await until(async () => {
      if (loader.exitCode !== null) throw new Error(`trapline ended: ${output}`);
      return (await fetch(`${exporter.url}/readyz`).catch(() => undefined))?.status === 200;
    }).catch((error: unknown) => {
      // The tests after this one shall not find it.
      loader.kill();
      throw error;
    });
    return exporter;
  }

  /** The unprivileged server behind the loader. */
  get serverPid(): number {
    const children = readFileSync(`/proc/${this.loader.pid}/task/${this.loader.pid}/children`, 'utf8').trim();
    return Number(children);
  }

  get log(): string {
    return this.output();
  }

  async text(path: string, headers: Record<string, string> = {}): Promise<string> {
    return (await fetch(`${this.url}${path}`, { headers })).text();
  }

  async scrape(): Promise<Scrape> {
    return new Scrape(parseScrape(await this.text('/metrics')));
  }

  /** The values by collector and by program that tell what works here. */
  async verdicts(): Promise<Record<string, number>> {
    const scrape = await this.scrape();
    const told = ['trapline_collector_up', 'trapline_program_attached'].flatMap((name) => scrape.find(name));
    return Object.fromEntries(told.map(({ labels, value }) => [Object.values(labels).join(' '), value]));
  }

  /** Ends the loader by a signal; resolves when it and its server are gone, with the loader's exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const server = this.serverPid;
    const gone = once(this.loader, 'exit') as Promise<[number | null]>;
    this.loader.kill(signal);
    const [code] = await gone;
    await until(() => !isRunning(server));
    return code;
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Asks every 50 ms; throws when the answer stays no until shortly before a test ends by itself: a machine that is busy with
 * other things may take minutes.
 */
export async function until(condition: () => boolean | Promise<boolean>, seconds = 150): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`nothing came of it in ${seconds} s: ${condition}`);
    await sleep(50);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
