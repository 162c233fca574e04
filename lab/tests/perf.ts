/** Counts a tracepoint by perf, independently of Trapline, between two moments that are exact. */
import type { LabHost } from '../host.js';
import type { LabProcess } from '../process.js';

/** Exit codes of AMD's processors, as the filter of the tracepoint takes them. Source: asm/svm.h. */
export const SVM_EXIT = { hlt: 0x78, ioio: 0x7b } as const;

/** perf, counting `kvm:kvm_exit` of one process: all of them, or those with certain codes. */
export class PerfCount {
  readonly #host: LabHost;
  readonly #perf: LabProcess;
  readonly #files: string;

  private constructor(host: LabHost, perf: LabProcess, files: string) {
    this.#host = host;
    this.#perf = perf;
    this.#files = files;
  }

  /** Starts perf and has it count from now on. One counter for each code, or one for all exits without codes. */
  static async start(host: LabHost, pid: number, codes: readonly number[] = []): Promise<PerfCount> {
    const files = (await host.must('mktemp -d /run/lab/perf-XXXXXX')).trim();
    await host.must(`mkfifo ${files}/control ${files}/ack`);
    const events = codes.length === 0 ? '-e kvm:kvm_exit' : codes.map(filtered).join(' ');
    const control = `--delay=-1 --control fifo:${files}/control,${files}/ack`;
    const perf = await host.spawn(`perf stat -x ';' -o ${files}/counts ${control} ${events} -p ${pid}`);
    const count = new PerfCount(host, perf, files);
    await count.#tell('enable');
    return count;
  }

  /** Ends the counting at once and returns the counts in the order they were asked for. */
  async stop(): Promise<number[]> {
    await this.#tell('disable');
    await this.#perf.stop('INT');
    const lines = await this.#host.must(`grep kvm_exit ${this.#files}/counts`);
    return lines
      .trim()
      .split('\n')
      .map((line) => Number(line.split(';')[0]));
  }

  /** Returns when perf has done it. */
  async #tell(order: string): Promise<void> {
    await this.#host.must(`echo ${order} > ${this.#files}/control; read -r < ${this.#files}/ack`);
  }
}

function filtered(code: number): string {
  return `-e kvm:kvm_exit --filter exit_reason==${code}`;
}
