/** A QEMU process that emulates a whole machine, AMD's virtualisation included, on any processor. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { missing } from './command.js';
import { Agent } from './agent.js';
import type { Kernel } from './kernel.js';

/** What the machine is made of. */
export interface EmulatorOptions {
  kernel: Kernel;
  initramfs: string;
  /** Appended to the kernel's command line; names with a value become the environment of its init. */
  environment: Readonly<Record<string, string>>;
  /** A private folder for the console's log and the agent's socket. */
  folder: string;
  /** A port of this machine's loopback that leads to the same port inside. Nothing leads out. */
  forward?: { port: number; to: number } | undefined;
  /** More of the machine, as arguments of QEMU. */
  devices?: readonly string[] | undefined;
}

/**
 * With two, QEMU 7.2 can go on running code that the other processor has just patched; a kernel that attaches to a busy
 * tracepoint (raise_softirq) then meets a breakpoint it has already taken away, and panics.
 */
const PROCESSORS = 1;
const MEMORY_MB = 4096;

/** A machine that is being emulated. It ends with this process, however this process ends. */
export class Emulator {
  readonly #process: ChildProcess;
  readonly #console: string;
  readonly agent: Agent;
  /** Rejects when the machine ends; never resolves. */
  readonly ended: Promise<never>;

  private constructor(process: ChildProcess, console: string, agent: Agent, ended: Promise<never>) {
    this.#process = process;
    this.#console = console;
    this.agent = agent;
    this.ended = ended;
  }

  /** Starts the machine and waits until its agent answers. Throws with the end of its console when it ends before. */
  static async boot(options: EmulatorOptions): Promise<Emulator> {
    const socket = join(options.folder, 'agent');
    const consoleLog = join(options.folder, 'console.log');
    // The parent-death signal ends QEMU also when this process is killed.
    const argv = ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...qemuArguments(options, socket, consoleLog)];
    // A session of its own keeps the terminal's Ctrl-C from reaching QEMU before us.
    const qemu = spawn('setpriv', argv, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    let complaint = '';
    qemu.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
    const ended = once(qemu, 'exit').then(async ([code]): Promise<never> => {
      if (code === 127) throw new Error(missing('qemu-system-x86_64'));
      throw new Error(`the emulated machine ended: ${complaint}${await endOf(consoleLog)}`);
    });
    // Where nobody is listening, an end is no failure.
    ended.catch(() => undefined);
    const agent = await Promise.race([connectTo(socket), ended]);
    await Promise.race([agent.ready, ended]);
    return new Emulator(qemu, consoleLog, agent, ended);
  }

  /** The last lines of the emulated machine's console. */
  async console(): Promise<string> {
    return endOf(this.#console);
  }

  /** Ends the machine at once, as pulling its plug would. */
  async stop(): Promise<void> {
    this.agent.close();
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
  }
}

function qemuArguments(options: EmulatorOptions, socket: string, consoleLog: string): string[] {
  const environment = Object.entries(options.environment).map(([name, value]) => `${name}=${value}`);
  const quiet = 'console=ttyS0 quiet panic=-1 mitigations=off tsc=reliable';
  return [
    ...['-accel', 'tcg,thread=multi', '-cpu', 'max,-la57', '-smp', `${PROCESSORS}`, '-m', `${MEMORY_MB}`],
    ...['-display', 'none', '-nodefaults', '-no-reboot', '-serial', `file:${consoleLog}`],
    ...['-kernel', options.kernel.image, '-initrd', options.initramfs],
    ...['-append', [quiet, ...environment].join(' ')],
    ...['-fsdev', 'local,id=outer,path=/,security_model=none,readonly=on,multidevs=remap'],
    ...['-device', 'virtio-9p-pci,fsdev=outer,mount_tag=outer'],
    ...['-chardev', `socket,id=agent,path=${socket},server=on,wait=off`],
    ...['-device', 'virtio-serial-pci', '-device', 'virtserialport,chardev=agent'],
    ...(options.forward === undefined ? ['-nic', 'none'] : forwardingCard(options.forward)),
    ...(options.devices ?? []),
  ];
}

function forwardingCard({ port, to }: { port: number; to: number }): string[] {
  return ['-nic', `user,model=virtio-net-pci,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:${to}`];
}

async function connectTo(socket: string): Promise<Agent> {
  while (!(await exists(socket))) await sleep(50);
  return Agent.connect(socket);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function endOf(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.split('\n').slice(-25).join('\n');
}
