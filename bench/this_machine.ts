/** What a bench does on this machine as it would on one of the lab. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Place } from './tool.js';

/** A program that stays; it ends with this process. */
export class LocalProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #errors = '';

  constructor(command: string) {
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', 'bash', '-c', `exec ${command}`], {
      stdio: 'pipe',
    });
    this.#child.stderr.on('data', (text: Buffer) => (this.#errors += text.toString()));
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** The next line of its stdout. Throws with its stderr when it ends before. */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`a program ended: ${this.#errors}`);
    return value;
  }

  async ask(line: string): Promise<string> {
    await this.writeLine(line);
    return this.line();
  }

  async writeLine(line: string): Promise<void> {
    this.#child.stdin.write(`${line}\n`);
    return Promise.resolve();
  }

  async stop(signal: string): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill(`SIG${signal}` as NodeJS.Signals);
    await gone;
  }

  async errors(): Promise<string> {
    return Promise.resolve(this.#errors);
  }
}

export const thisPlace: Place = {
  spawn: (command) => Promise.resolve(new LocalProcess(command)),
  async run(command) {
    const child = spawn('bash', ['-c', command], { stdio: 'ignore' });
    const [code] = (await once(child, 'exit')) as [number | null];
    return { code: code ?? 1 };
  },
};
