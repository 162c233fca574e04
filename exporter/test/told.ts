import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A program that says `ready` and then answers every line on its stdin with one line. */
export class Told {
  readonly #lines: AsyncIterator<string>;

  private constructor(readonly process: ChildProcessByStdio<Writable, Readable, null>) {
    this.#lines = createInterface(process.stdout)[Symbol.asyncIterator]();
  }

  /** Throws when it says something else or ends; its stderr is ours. */
  static async start(command: string, args: readonly string[]): Promise<Told> {
    const told = new Told(spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] }));
    const greeting = await told.#nextLine();
    if (greeting !== 'ready') throw new Error(`${command} said ${greeting}`);
    return told;
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** Its answer to a line, which is JSON. */
  async tell<T>(line: string): Promise<T> {
    this.process.stdin.write(`${line}\n`);
    return JSON.parse(await this.#nextLine()) as T;
  }

  /** Ends its stdin; resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.stdin.end();
    await gone;
  }

  async #nextLine(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('a program of the test ended');
    return value;
  }
}
