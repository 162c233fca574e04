/** The emulated KVM host: this machine's own files and programs, under another kernel, with nested virtualisation. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './agent.js';
import { quote } from './command.js';
import { Emulator } from './emulator.js';
import { makeInitramfs } from './initramfs.js';
import { ensureKernel, type Kernel, type KernelSeries } from './kernel.js';
import { LabProcess } from './process.js';
import { silently, type Step } from './progress.js';

/** The checkout this file belongs to. */
export const CHECKOUT = dirname(dirname(fileURLToPath(import.meta.url)));

/** What the emulated host needs before it can see this machine's root. */
const BOOT_MODULES = ['virtio_pci', '9pnet_virtio', '9p', 'overlay'];

/** How to boot an emulated host. */
export interface BootOptions {
  kernel: KernelSeries;
  /** Modules to load once it is up, in this order. */
  modules?: readonly string[];
  /** A loopback port of this machine that leads to a port inside. */
  forward?: { port: number; to: number };
  /** More of the machine, as arguments of QEMU. */
  devices?: readonly string[];
  /** Where commands inside start; seen there under the same path as here. */
  checkout?: string;
  step?: Step;
}

/** An emulated host that is up. */
export class LabHost {
  readonly kernel: Kernel;
  /** A folder of this machine that the host sees too, under the same path; it is gone after `stop` or with this process. */
  readonly folder: string;
  readonly #emulator: Emulator;

  private constructor(kernel: Kernel, folder: string, emulator: Emulator) {
    this.kernel = kernel;
    this.folder = folder;
    this.#emulator = emulator;
  }

  /** Boots a host. Needs root of this machine only for files that only root may read. */
  static async boot(options: BootOptions): Promise<LabHost> {
    const { step = silently, checkout = CHECKOUT, forward, devices } = options;
    const kernel = await ensureKernel(options.kernel, step);
    const folder = temporaryFolder();
    const init = join(CHECKOUT, 'lab', 'inside', 'initramfs-init.sh');
    const initramfs = await makeInitramfs(folder, 'host', { kernel, modules: BOOT_MODULES, init });
    const environment = hostEnvironment(kernel, checkout);
    const emulator = await step(`Boot an emulated KVM host, Linux ${kernel.release}`, () =>
      Emulator.boot({ kernel, initramfs, environment, folder, forward, devices }),
    );
    const host = new LabHost(kernel, folder, emulator);
    await host.#load(options.modules ?? []);
    return host;
  }

  async #load(modules: readonly string[]): Promise<void> {
    if (modules.length === 0) return;
    try {
      await this.must(`modprobe -a ${modules.join(' ')}`);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Runs a bash command inside and waits for it, for at most `timeout` seconds. Throws only when the machine ends. */
  run(command: string, { timeout = 60 }: { timeout?: number } = {}): Promise<Outcome> {
    return Promise.race([this.#emulator.agent.run(command, timeout), this.#emulator.ended]);
  }

  /** What a command wrote to stdout. Throws when it fails. */
  async must(command: string, options: { timeout?: number } = {}): Promise<string> {
    const { stdout, stderr, code } = await this.run(command, options);
    if (code !== 0) throw new Error(`in the lab, exit code ${code} from ${command}\n${stderr}${stdout}`);
    return stdout;
  }

  /** Writes a file inside. */
  async put(path: string, text: string): Promise<void> {
    const encoded = Buffer.from(text).toString('base64');
    await this.must(`mkdir -p ${quote(dirname(path))} && base64 -d <<< ${encoded} > ${quote(path)}`);
  }

  /** Starts a command inside and lets it run. */
  spawn(command: string): Promise<LabProcess> {
    return LabProcess.start(this, command);
  }

  /** Rejects when the machine ends; never resolves. */
  get ended(): Promise<never> {
    return this.#emulator.ended;
  }

  /** The last lines of the host's console. */
  console(): Promise<string> {
    return this.#emulator.console();
  }

  /** Ends the host and everything in it. */
  async stop(): Promise<void> {
    await this.#emulator.stop();
    rmSync(this.folder, { recursive: true });
  }
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trapline-lab-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

function hostEnvironment(kernel: Kernel, checkout: string): Record<string, string> {
  return {
    LAB_MODULES: join(kernel.root, 'lib', 'modules', kernel.release),
    LAB_CHECKOUT: checkout,
    LAB_INSIDE: join(CHECKOUT, 'lab', 'inside'),
    LAB_NODE: dirname(process.execPath),
  };
}
