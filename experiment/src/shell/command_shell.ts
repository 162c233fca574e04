import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Platform } from '../results.js';
import { quote } from './quote.js';
import { TAG, type Outcome, type RunningProgram, type Shell } from './shell.js';

const TIMED_OUT = 124;

/** Where the output of a program goes: `.out` and `.err`. */
export const outputOf = (tag: string): string => `/run/trapline-experiment.${tag}`;

/** Runs commands here, or elsewhere by the words that a plan gives. */
export class CommandShell implements Shell {
  /** `prefix`: words before a command, which is appended as one quoted word; empty: it is run here. */
  constructor(
    readonly platform: Platform,
    private readonly prefix = '',
  ) {}

  async run(command: string, { timeout = 60 }: { timeout?: number } = {}): Promise<Outcome> {
    const whole = this.prefix === '' ? command : `${this.prefix} ${quote(command)}`;
    const child = spawn('sh', ['-c', whole], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      process.kill(-child.pid!, 'SIGKILL');
    }, timeout * 1000);
    const [stdout, stderr, [code]] = await Promise.all([
      buffer(child.stdout),
      buffer(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    clearTimeout(timer);
    return { stdout: stdout.toString(), stderr: stderr.toString(), code: late ? TIMED_OUT : (code ?? 1) };
  }

  async must(command: string, options: { timeout?: number } = {}): Promise<string> {
    const { stdout, stderr, code } = await this.run(command, options);
    if (code === 0) return stdout;
    throw new Error(`on the ${this.platform}, exit code ${code} from ${command}: ${stderr.trim()}`);
  }

  /** As text within the command: not every prefix hands on what comes on stdin. */
  async put(path: string, content: string | Uint8Array): Promise<void> {
    const encoded = Buffer.from(content).toString('base64');
    await this.must(`mkdir -p ${quote(dirname(path))} && echo ${encoded} | base64 -d > ${quote(path)}`);
  }

  async spawn(command: string, tag: string): Promise<RunningProgram> {
    const files = outputOf(tag);
    const program = `${TAG}=${quote(tag)} setsid sh -c ${quote(`exec ${command}`)}`;
    const pid = await this.must(`${program} > ${files}.out 2> ${files}.err < /dev/null & echo $!`);
    return new CommandProgram(this, Number(pid), files);
  }
}

class CommandProgram implements RunningProgram {
  /** All that it wrote, when it is gone. */
  #last: { stdout: string; stderr: string } | undefined;

  constructor(
    private readonly shell: Shell,
    readonly pid: number,
    private readonly files: string,
  ) {}

  async output(): Promise<{ stdout: string; stderr: string }> {
    return this.#last ?? this.#split(await this.shell.must(this.#read()));
  }

  /** It leads a session: what it started hears the signal too, as it would from a terminal. */
  async signal(name: string): Promise<void> {
    await this.shell.run(`kill -s ${name} -- -${this.pid}`);
  }

  /** A zombie is gone: whoever is its parent by now takes its time. */
  async gone({ timeout = 30 }: { timeout?: number } = {}): Promise<void> {
    const wait = `while grep -qs '^State:.[^ZX]' /proc/${this.pid}/status; do sleep 0.1; done`;
    const rest = `${this.#read()}; rm -f ${this.files}.out ${this.files}.err`;
    this.#last ??= this.#split(await this.shell.must(`${wait}; ${rest}`, { timeout }));
  }

  #read = (): string => `wc -c < ${this.files}.out; cat ${this.files}.out ${this.files}.err`;

  #split(said: string): { stdout: string; stderr: string } {
    const bytes = Buffer.from(said);
    const start = bytes.indexOf('\n') + 1;
    const end = start + Number(said.slice(0, said.indexOf('\n')));
    return { stdout: bytes.toString('utf8', start, end), stderr: bytes.toString('utf8', end) };
  }
}
