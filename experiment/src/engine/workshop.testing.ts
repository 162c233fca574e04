/** A workshop for tests of the engine: shells are this machine's, what they change are files and processes, frames are numbers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Workshop } from '../commands/workshop.js';
import type { Load } from '../load/load.js';
import type { Method } from '../methods/method.js';
import type { Monitor, Platform } from '../results.js';
import { quote } from '../shell/quote.js';
import { TAG, type Outcome, type RunningProgram, type Shell } from '../shell/shell.js';
import type { Changes } from './change.js';
import type { Equipment } from './equipment.js';

/** What goes otherwise than usual. */
export interface Mishaps {
  /** Called before and after everything that is done on a machine. */
  step?(): void;
  /** Why the guest cannot be reached. */
  guest?: string;
  /** What `id -u` says. */
  uid?: number;
  /** Sentences about the host's Trapline. */
  complaints?: string[];
  /** Methods that are not installed. */
  absent?: string[];
  /** Called when a sensor is loaded; what it throws fails the cell. */
  loading?(id: string): void;
}

/** Runs commands here. `folder` stands for what can be changed on the machine. */
class HereShell implements Shell {
  readonly #prelude: string;
  readonly #step: () => void;
  readonly #silence: string | undefined;

  constructor(
    readonly platform: Platform,
    readonly folder: string,
    { step = () => undefined, uid = 0, guest }: Mishaps,
  ) {
    if (platform === 'guest') this.#silence = guest;
    mkdirSync(folder, { recursive: true });
    this.#prelude = `id() { echo ${uid}; }; cd ${quote(folder)} || exit\n`;
    this.#step = step;
  }

  async run(command: string): Promise<Outcome> {
    this.#step();
    if (this.#silence !== undefined) return { stdout: '', stderr: this.#silence, code: 255 };
    const child = spawn('sh', ['-c', this.#prelude + command], { detached: true });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number]>,
    ]);
    this.#step();
    return { stdout, stderr, code };
  }

  async must(command: string): Promise<string> {
    const { stdout, stderr, code } = await this.run(command);
    if (code !== 0) throw new Error(`exit code ${code} from ${command}: ${stderr}`);
    return stdout;
  }

  async put(path: string, content: string | Uint8Array): Promise<void> {
    writeFileSync(join(this.folder, path), content);
  }

  async spawn(command: string, tag: string): Promise<RunningProgram> {
    this.#step();
    const child = spawn('sh', ['-c', `exec ${command}`], {
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, [TAG]: tag },
    });
    child.unref();
    this.#step();
    return {
      pid: child.pid!,
      output: async () => ({ stdout: '', stderr: '' }),
      signal: async (name) => void child.kill(`SIG${name}` as NodeJS.Signals),
      gone: async () => void (await once(child, 'exit')),
    };
  }
}

/** Nine of ten frames arrive, and the tap loses the rest. */
class Wire {
  #sent = 0;
  get sent(): number {
    return this.#sent;
  }
  get lost(): number {
    return Math.floor(this.#sent / 10);
  }
  get delivered(): number {
    return this.#sent - this.lost;
  }
  send(): number {
    return (this.#sent += 100);
  }
}

/** Changes one file of a machine, and back to what is in it now. */
async function setFile(shell: Shell, changes: Changes, file: string, value: string): Promise<void> {
  const before = (await shell.must(`cat ${file} 2>/dev/null || echo 0`)).trim();
  const undo = before === '0' ? `rm -f ${file}` : `echo ${before} > ${file}`;
  await changes.run(shell, { what: `set ${file} to ${value}`, undo }, `echo ${value} > ${file}`);
}

/** `folder` gets one for each machine. */
export function madeUpWorkshop(folder: string, mishaps: Mishaps = {}): Workshop {
  let wire = new Wire();
  const methods = [
    madeUpMethod('plain', ['null', 'flow'], () => (wire = new Wire()), mishaps),
    madeUpMethod('kernel', ['null'], () => (wire = new Wire()), mishaps),
  ];
  const loads = [madeUpLoad(() => wire)];
  const host = new HereShell('host', join(folder, 'host'), mishaps);
  const guest = new HereShell('guest', join(folder, 'guest'), mishaps);
  const equip = (): Equipment => ({
    ...{ host, guest, methods, loads },
    prepare: (shell, changes) => setFile(shell, changes, 'prepared', 'yes'),
    counterOf: async () => ({
      read: async () => ({
        at: performance.now() / 1000,
        delivered: 5000 + wire.delivered,
        lost: { tap: 70 + wire.lost },
        cost: { exits: { io: 3 * wire.delivered }, kicks: wire.sent },
      }),
    }),
    describe: async () => ({ hostname: 'here', kernel: '6', cpu: 'c', cpus: 1, virtualization: 'none' }),
    vmProcess: async () => {
      if (mishaps.complaints) throw new Error('Trapline does not answer');
      return undefined;
    },
    traplineVersion: async () => '0.0.0',
    traplineComplaints: async (shell) => (shell === host ? (mishaps.complaints ?? []) : []),
  });
  return { methods, loads, equip, announcers: async () => [], report: async () => 'none' };
}

function madeUpMethod(
  name: string,
  monitors: readonly Monitor[],
  newWire: () => Wire,
  { absent = [], loading }: Mishaps,
): Method {
  return {
    ...{ name, title: name, monitors },
    detect: async () =>
      absent.includes(name)
        ? { present: false, remedy: `Install ${name}.` }
        : { present: true, programs: { [name]: '1' } },
    start: async ({ cell, shell, changes }) => {
      const wire = newWire();
      await setFile(shell, changes, 'promiscuous', 'on');
      loading?.(cell.id);
      await setFile(shell, changes, 'promiscuous', 'twice');
      const program = await changes.spawn(shell, `start ${name}`, 'sleep 1000');
      return {
        by: 'device',
        count: async () => ({ delivered: wire.delivered }),
        stop: async () => {
          await program.signal('TERM');
          return { delivered: wire.delivered };
        },
      };
    },
  };
}

function madeUpLoad(wire: () => Wire): Load {
  return {
    ...{ name: 'pktgen', title: 'numbers' },
    detect: async () => ({ present: true, programs: {} }),
    start: async ({ shell, changes }) => {
      await setFile(shell, changes, 'module', 'pktgen');
      await changes.spawn(shell, 'start pktgen', 'sleep 1000');
      return { sent: async () => wire().send(), stop: async () => wire().send() };
    },
  };
}
