/** A process that runs on a machine of the lab while other commands go on. */
import { quote } from './command.js';
import type { Machine } from './machine.js';

/** A background process on a machine of the lab. Its output is kept in files there. */
export class LabProcess {
  readonly pid: number;
  readonly #machine: Machine;
  readonly #files: string;

  private constructor(machine: Machine, files: string, pid: number) {
    this.#machine = machine;
    this.#files = files;
    this.pid = pid;
  }

  /** Starts the command as one process: `pid` is that of its program. */
  static async start(machine: Machine, command: string): Promise<LabProcess> {
    const files = (await machine.must('mktemp -d /run/lab/process-XXXXXX')).trim();
    // Opened for both directions, the pipe gives the program a stdin that waits instead of ending.
    const script = `exec <> ${files}/in; exec ${command}`;
    const start = `mkfifo ${files}/in ${files}/nothing; setsid bash -c ${quote(script)} > ${files}/out 2> ${files}/err & echo $!`;
    return new LabProcess(machine, files, Number(await machine.must(start)));
  }

  /** Writes one line to its stdin. */
  async writeLine(line: string): Promise<void> {
    await this.#machine.must(`echo ${quote(line)} > ${this.#files}/in`);
  }

  /** The `n`th line of its stdout, from 1, once it is there. Throws when the process ends before, or `timeout` seconds pass. */
  async line(n: number, { timeout = 120 }: { timeout?: number } = {}): Promise<string> {
    await this.until(`test "$(wc -l < ${this.#files}/out)" -ge ${n}`, { timeout });
    return (await this.#machine.must(`sed -n ${n}p ${this.#files}/out`)).trimEnd();
  }

  /** Waits until a condition in bash holds. Throws with the process's stderr when it ends before, or `timeout` seconds pass. */
  async until(condition: string, { timeout = 120 }: { timeout?: number } = {}): Promise<void> {
    // A pipe that never brings anything: under emulation starting a program five times a second is dear.
    const pause = 'read -rt 0.2 -u $nothing || true';
    const wait = `exec {nothing}<> ${this.#files}/nothing; until ${condition}; do test -e /proc/${this.pid} || exit 1; ${pause}; done`;
    const { code } = await this.#machine.run(wait, { timeout });
    if (code !== 0) throw new Error(`waited in vain for ${condition}: ${await this.errors()}`);
  }

  /** What it has written to stdout so far. */
  output(): Promise<string> {
    return this.#machine.must(`cat ${this.#files}/out`);
  }

  /** What it has written to stderr so far. */
  errors(): Promise<string> {
    return this.#machine.must(`cat ${this.#files}/err`);
  }

  /** Sends a signal by name, without SIG. */
  async signal(name: string): Promise<void> {
    await this.#machine.must(`kill -s ${name} ${this.pid}`);
  }

  /** Waits until it is gone. Throws after `timeout` seconds. */
  async gone({ timeout = 60 }: { timeout?: number } = {}): Promise<void> {
    await this.#machine.must(`tail --pid=${this.pid} -s 0.2 -f /dev/null`, { timeout });
  }

  /** Sends a signal and waits until it is gone. */
  async stop(signal = 'TERM'): Promise<void> {
    await this.signal(signal);
    await this.gone();
  }
}
