/**
 * An emulated host as the benches want it: its clocks count the instructions it runs, so that the same work takes the same
 * time whatever else this machine does, and what measures with a clock measures instructions.
 */
import { quote } from '../lab/command.js';
import { LabHost } from '../lab/host.js';
import type { KernelSeries } from '../lab/kernel.js';
import type { Package } from '../setup/packages.mjs';
import type { MachineFacts } from './bench.js';
import type { Group } from './floors.js';
import type { Reading } from './program_costs.js';
import type { Step } from '../lab/progress.js';
import { kernelsFor } from '../lab/tests/kernels.js';
import { now } from './results.js';

export const COUNTING = 'instructions';

/** What boots an emulated host, and what compiles and loads programs. */
export const LAB_PACKAGES: readonly Package[] = [
  ...(['qemu-system-x86', 'busybox-static', 'cpio', 'kmod', 'xz-utils'] as const),
  ...(['libbpf1', 'clang', 'llvm', 'libbpf-dev'] as const),
];

/** The kernels of most tests of the lab, or those that TRAPLINE_LAB_KERNELS names; none where it is empty. */
export const labKernels = (): readonly KernelSeries[] => kernelsFor('bench');

/** Boots it; `use` has it until it is done. */
export async function withLabHost<T>(
  kernel: KernelSeries,
  modules: readonly string[],
  step: Step,
  use: (host: LabHost) => Promise<T>,
): Promise<T> {
  const host = await LabHost.boot({ kernel, modules, clock: COUNTING, step });
  try {
    return await use(host);
  } finally {
    await host.stop();
  }
}

export const labFacts = (host: LabHost): MachineFacts => ({
  kernel: host.kernel.release,
  cpu: "QEMU's emulation",
  cpus: 1,
  emulated: 'instructions',
  date: now(),
});

/**
 * A program inside that answers every line with a line. It is heard through a pipe: whoever looks again and again whether there is
 * an answer runs instructions, too.
 */
export class Talker {
  readonly #host: LabHost;
  readonly #pipes: string;

  private constructor(host: LabHost, pipes: string) {
    this.#host = host;
    this.#pipes = pipes;
  }

  /** Starts a program of this checkout and waits until it is ready. */
  static start(host: LabHost, ...words: string[]): Promise<Talker> {
    return Talker.run(host, `node --import tsx ${words.join(' ')}`);
  }

  /** Starts any program that says a line when it is ready. */
  static async run(host: LabHost, command: string): Promise<Talker> {
    const pipes = (await host.must('mktemp -d /run/lab/talker-XXXXXX')).trim();
    await host.must(`mkfifo ${pipes}/in ${pipes}/out`);
    await host.spawn(`bash -c ${quote(`exec ${command} <> ${pipes}/in 1<> ${pipes}/out`)}`);
    const talker = new Talker(host, pipes);
    await talker.#answer('');
    return talker;
  }

  ask(line: string): Promise<string> {
    return this.#answer(`echo ${quote(line)} > ${this.#pipes}/in;`);
  }

  async #answer(order: string): Promise<string> {
    const answer = `read -r answer < ${this.#pipes}/out; echo "$answer"`;
    return (await this.#host.must(`${order} ${answer}`, { timeout: PATIENCE })).trimEnd();
  }
}

/** Seconds of the emulated clock, which are longer than ours while it is busy. */
const PATIENCE = 600;

/** `Hooked` inside. */
export class LabHooked {
  readonly #talker: Talker;

  private constructor(talker: Talker) {
    this.#talker = talker;
  }

  static async start(host: LabHost, signals: readonly string[] = []): Promise<LabHooked> {
    return new LabHooked(await Talker.start(host, 'bench/inside/hooked.ts', ...signals));
  }

  /** Returns why programs could not be put on, by name. */
  async on(group: Group): Promise<Record<string, string>> {
    return JSON.parse(await this.#talker.ask(`on ${group}`)) as Record<string, string>;
  }

  async off(group: Group): Promise<void> {
    await this.#talker.ask(`off ${group}`);
  }

  async measure(): Promise<void> {
    await this.#talker.ask('measure');
  }

  async rest(): Promise<void> {
    await this.#talker.ask('rest');
  }

  async read(): Promise<Reading> {
    return JSON.parse(await this.#talker.ask('read')) as Reading;
  }
}
