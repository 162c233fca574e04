/** A process that runs inside the lab while other commands go on. */
import { quote } from './command.js';
import type { LabHost } from './host.js';

/** A background process inside an emulated host. Its output is kept in files there. */
export class LabProcess {
  readonly pid: number;
  readonly #host: LabHost;
  readonly #files: string;

  private constructor(host: LabHost, files: string, pid: number) {
    this.#host = host;
    this.#files = files;
    this.pid = pid;
  }

  /** Starts the command as one process: `pid` is that of its program. */
  static async start(host: LabHost, command: string): Promise<LabProcess> {
    const files = (await host.must('mktemp -d /run/lab/process-XXXXXX')).trim();
    // Opened for both directions, the pipe gives the program a stdin that waits instead of ending.
    const script = `exec <> ${files}/in; exec ${command}`;
    const start = `mkfifo ${files}/in; setsid bash -c ${quote(script)} > ${files}/out 2> ${files}/err & echo $!`;
    return new LabProcess(host, files, Number(await host.must(start)));
  }

  /** Writes one line to its stdin. */
  async writeLine(line: string): Promise<void> {
    await this.#host.must(`echo ${quote(line)} > ${this.#files}/in`);
  }

  /** The `n`th line of its stdout, from 1, once it is there. Throws when the process ends before, or `timeout` seconds pass. */
  async line(n: number, { timeout = 120 }: { timeout?: number } = {}): Promise<string> {
    await this.until(`test "$(wc -l < ${this.#files}/out)" -ge ${n}`, { timeout });
    return (await this.#host.must(`sed -n ${n}p ${this.#files}/out`)).trimEnd();
  }

  /** Waits until a condition in bash holds. Throws with the process's stderr when it ends before, or `timeout` seconds pass. */
  async until(condition: string, { timeout = 120 }: { timeout?: number } = {}): Promise<void> {
    const wait = `until ${condition}; do test -e /proc/${this.pid} || exit 1; sleep 0.2; done`;
    const { code } = await this.#host.run(wait, { timeout });
    if (code !== 0) throw new Error(`waited in vain for ${condition}: ${await this.errors()}`);
  }

  /** What it has written to stdout so far. */
  output(): Promise<string> {
    return this.#host.must(`cat ${this.#files}/out`);
  }

  /** What it has written to stderr so far. */
  errors(): Promise<string> {
    return this.#host.must(`cat ${this.#files}/err`);
  }

  /** Sends a signal by name, without SIG. */
  async signal(name: string): Promise<void> {
    await this.#host.must(`kill -s ${name} ${this.pid}`);
  }

  /** Waits until it is gone. Throws after `timeout` seconds. */
  async gone({ timeout = 60 }: { timeout?: number } = {}): Promise<void> {
    await this.#host.must(`while test -e /proc/${this.pid}; do sleep 0.1; done`, { timeout });
  }

  /** Sends a signal and waits until it is gone. */
  async stop(signal = 'TERM'): Promise<void> {
    await this.signal(signal);
    await this.gone();
  }
}
