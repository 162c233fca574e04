import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Told } from './told.js';

const GUESTS = join(import.meta.dirname, '../../lab/guests');

/**
 * A cable in a network namespace of its own: what is sent out of one end comes in at `device` at the other. No address,
 * no IPv6: nothing but the frames of the test.
 */
export class Wire {
  static readonly device = 'sensed';
  readonly #programs: Told[] = [];
  #sender: Told | undefined;

  private constructor(private readonly holder: ChildProcess) {}

  static async lay(): Promise<Wire> {
    const script = `echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6
      ip link add source type veth peer name ${Wire.device} && ip link set source up && ip link set ${Wire.device} up
      echo laid && exec sleep infinity`;
    const holder = spawn('unshare', ['-n', 'sh', '-ec', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(holder.stdout!, 'data')) as [Buffer];
    if (said.toString() !== 'laid\n') throw new Error(`no cable: ${said}`);
    return new Wire(holder);
  }

  /** Starts lab/guests/capture-sensor.ts on the wire. */
  async sensor(...args: string[]): Promise<Told> {
    return this.#start('capture-sensor.ts', args);
  }

  /** Starts lab/guests/xdp-sensor.ts on the wire. */
  async xdpSensor(...args: string[]): Promise<Told> {
    return this.#start('xdp-sensor.ts', args);
  }

  /** Starts lab/guests/tap-holder.ts on the wire. */
  async tapHolder(...args: string[]): Promise<Told> {
    return this.#start('tap-holder.ts', args);
  }

  /** Starts lab/guests/frame-sender.ts on the wire. */
  async sender(device: string): Promise<Told> {
    return this.#start('frame-sender.ts', ['--device', device]);
  }

  /** Sends exactly so many frames; all have reached `device` when it resolves. */
  async send(frames: number): Promise<void> {
    this.#sender ??= await this.sender('source');
    await this.#sender.tell(`${frames}`);
  }

  /** The command that starts a program in this namespace. */
  inside(command: string, ...args: string[]): [command: string, args: string[]] {
    return ['nsenter', ['-t', `${this.holder.pid}`, '-n', command, ...args]];
  }

  /** Runs a command in this namespace and returns what it wrote to stdout. */
  run(command: string, ...args: string[]): string {
    const { stdout, stderr, status } = spawnSync(...this.inside(command, ...args), { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command}: ${stderr}`);
    return stdout;
  }

  /** Ends every program on the wire, and the wire. */
  async cut(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.stop()));
    const gone = once(this.holder, 'exit');
    this.holder.kill();
    await gone;
  }

  async #start(program: string, args: readonly string[]): Promise<Told> {
    const node = [process.execPath, '--import', import.meta.resolve('tsx'), join(GUESTS, program), ...args];
    const told = await Told.start(...this.inside(node[0]!, ...node.slice(1)));
    this.#programs.push(told);
    return told;
  }
}
