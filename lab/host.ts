/** The emulated KVM host: this machine's own files and programs, under another kernel, with nested virtualisation. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent, Outcome } from './agent.js';
import { CHECKOUT } from './checkout.js';
import { Emulator, type Clock, type Forward } from './emulator.js';
import { ensureKernel, type Kernel, type KernelSeries } from './kernel.js';
import { Machine } from './machine.js';
import { silently, type Step } from './progress.js';
import { makeSharedInitramfs } from './qemu.js';

/** How to boot an emulated host. */
export interface BootOptions {
  kernel: KernelSeries;
  /** Modules to load once it is up, in this order. */
  modules?: readonly string[];
  /** Loopback ports of this machine that lead to ports inside, once `joinOuterNetwork` has been called. */
  forward?: readonly Forward[];
  /** More of the machine, as arguments of QEMU. */
  devices?: readonly string[];
  /** What moves its clocks; time unless it is said. */
  clock?: Clock;
  /** Where commands inside start; seen there under the same path as here. */
  checkout?: string;
  step?: Step;
}

/** An emulated host that is up. */
export class LabHost extends Machine {
  readonly kernel: Kernel;
  readonly checkout: string;
  /** What such machines boot from, the host and an appliance inside it. */
  readonly initramfs: string;
  /** A folder of this machine that the host sees too, under the same path; it is gone after `stop` or with this process. */
  readonly folder: string;
  readonly #emulator: Emulator;

  private constructor(
    machine: Pick<LabHost, 'kernel' | 'checkout' | 'initramfs' | 'folder'>,
    emulator: Emulator,
  ) {
    super();
    this.kernel = machine.kernel;
    this.checkout = machine.checkout;
    this.initramfs = machine.initramfs;
    this.folder = machine.folder;
    this.#emulator = emulator;
  }

  /** Boots a host. Needs root of this machine only for files that only root may read. */
  static async boot(options: BootOptions): Promise<LabHost> {
    const { step = silently, checkout = CHECKOUT, forward = [], devices = [], clock = 'time' } = options;
    const kernel = await ensureKernel(options.kernel, step);
    const folder = temporaryFolder();
    const initramfs = await makeSharedInitramfs(folder, kernel);
    const machine = { kernel, checkout, initramfs, folder };
    const emulator = await step(`Boot an emulated KVM host, Linux ${kernel.release}`, () =>
      Emulator.boot({ ...machine, forward, devices, clock }),
    );
    const host = new LabHost(machine, emulator);
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

  /** Takes the address that forwarded ports lead to; nothing leads out. */
  async joinOuterNetwork(): Promise<void> {
    await this.must('modprobe virtio_net && ip address add 10.0.2.15/24 dev eth0 && ip link set eth0 up');
  }

  /** The channel to an appliance in this host. */
  get applianceAgent(): Agent {
    return this.#emulator.applianceAgent;
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
