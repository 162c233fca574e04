/** A QEMU process that emulates a whole machine, AMD's virtualisation included, on any processor. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { missing } from './command.js';
import { Agent } from './agent.js';
import { sharedMachine, type SharedMachine } from './qemu.js';

/** What the machine is made of. */
export interface EmulatorOptions extends Pick<SharedMachine, 'kernel' | 'initramfs' | 'checkout'> {
  /** A private folder for the console's log and the agents' sockets. */
  folder: string;
  /** Nothing leads out. */
  forward: readonly Forward[];
  /** More of the machine, as arguments of QEMU. */
  devices: readonly string[];
  clock: Clock;
}

/**
 * What moves the machine's clocks: the time of this machine, or its own instructions, one a nanosecond. Then whatever
 * takes its time with a clock counts instructions, and the same work takes the same time in every run.
 */
export type Clock = 'time' | 'instructions';

/** A port of this machine's loopback that leads to a port inside. */
export interface Forward {
  port: number;
  to: number;
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
  /** The agent of an appliance inside, which is ready when one has come up. */
  readonly applianceAgent: Agent;
  /** Rejects when the machine ends; never resolves. */
  readonly ended: Promise<never>;

  private constructor(
    process: ChildProcess,
    console: string,
    [agent, applianceAgent]: [Agent, Agent],
    ended: Promise<never>,
  ) {
    this.#process = process;
    this.#console = console;
    this.agent = agent;
    this.applianceAgent = applianceAgent;
    this.ended = ended;
  }

  /** Starts the machine and waits until its agent answers. Throws with the end of its console when it ends before. */
  static async boot(options: EmulatorOptions): Promise<Emulator> {
    const sockets = { agent: join(options.folder, 'agent'), appliance: join(options.folder, 'appliance') };
    const consoleLog = join(options.folder, 'console.log');
    // The parent-death signal ends QEMU also when this process is killed.
    const argv = [
      '--pdeathsig',
      'KILL',
      'qemu-system-x86_64',
      ...qemuArguments(options, sockets, consoleLog),
    ];
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
    const connections = Promise.all([connectTo(sockets.agent), connectTo(sockets.appliance)]);
    const agents = await Promise.race([connections, ended]);
    await Promise.race([agents[0].ready, ended]);
    return new Emulator(qemu, consoleLog, agents, ended);
  }

  /** The last lines of the emulated machine's console. */
  async console(): Promise<string> {
    return endOf(this.#console);
  }

  /** Ends the machine at once, as pulling its plug would. */
  async stop(): Promise<void> {
    this.agent.close();
    this.applianceAgent.close();
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
  }
}

interface Sockets {
  agent: string;
  appliance: string;
}

const ACCELERATORS: Readonly<Record<Clock, readonly string[]>> = {
  time: ['-accel', 'tcg,thread=multi'],
  instructions: ['-accel', 'tcg,thread=single', '-icount', 'shift=0'],
};

function qemuArguments(options: EmulatorOptions, sockets: Sockets, consoleLog: string): string[] {
  const listening = (path: string): string => `socket,path=${path},server=on,wait=off`;
  const machine = {
    ...options,
    kernelArguments: 'tsc=reliable',
    console: consoleLog,
    agent: listening(sockets.agent),
  };
  return [
    ...ACCELERATORS[options.clock],
    ...['-cpu', 'max,-la57', '-smp', `${PROCESSORS}`, '-m', `${MEMORY_MB}`],
    ...sharedMachine(machine),
    ...['-chardev', `${listening(sockets.appliance)},id=appliance`],
    ...['-device', 'virtserialport,chardev=appliance,name=appliance'],
    ...(options.forward.length === 0 ? ['-nic', 'none'] : forwardingCard(options.forward)),
    ...options.devices,
  ];
}

function forwardingCard(forward: readonly Forward[]): string[] {
  const ports = forward.map(({ port, to }) => `hostfwd=tcp:127.0.0.1:${port}-:${to}`);
  return ['-nic', ['user,model=virtio-net-pci,restrict=on', ...ports].join(',')];
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
