/** Many VMs for a bench: processes that look like their VMMs, and rows of a running Trapline as if all their vCPUs exited. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseStat } from '../exporter/src/machine/stat.js';

/** One process of a crowd. */
export interface CrowdVm {
  pid: number;
  startTicks: number;
  /** Its vCPU threads. */
  tids: number[];
}

/** Processes named as QEMU's, with sleeping threads, and a VM each where /dev/kvm may be opened. */
export class VmCrowd {
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
  }

  /** Resolves when all stand. */
  static async start(vms: number, vcpus: number): Promise<VmCrowd> {
    const folder = mkdtempSync(join(tmpdir(), 'trapline-crowd-'));
    const program = join(folder, 'vm-crowd');
    const source = join(import.meta.dirname, 'vm-crowd.c');
    execFileSync('clang', ['-O2', '-static', '-pthread', source, '-o', program]);
    const child = spawn(program, [`${vms}`, `${vcpus}`], { stdio: ['pipe', 'pipe', 'inherit'] });
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    if (child.exitCode !== null) throw new Error('The processes of the bench could not be started.');
    return new VmCrowd(child, folder);
  }

  get vms(): CrowdVm[] {
    const { pid } = this.#child;
    const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
    return pids.map((pid) => ({
      pid,
      startTicks: parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))!.startTicks,
      tids: readdirSync(`/proc/${pid}/task`)
        .map(Number)
        .filter((tid) => tid !== pid),
    }));
  }

  /** Ends it without waiting for that. */
  kill(): void {
    this.#child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.stdin!.end();
    await gone;
    rmSync(this.#folder, { recursive: true });
  }
}
