import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PortWriter } from '../../lab/guests/port-writer.js';
import { HERTZ } from '../src/collectors/cpu_activity/signal.js';
import { onlineCpus } from '../src/kernel/index.js';
import { Exporter, until } from './exporter.js';
import { ground, missing } from './ground.js';
import { Wire } from './wire.js';

const METRIC = 'trapline_cpu_seconds_total';

/** Some hundred samples of each CPU. */
const WINDOW_MS = 6_000;

/** The sensor takes one sample in fifty. */
const LONG_WINDOW_MS = 12_000;

/** USER_HZ */
const TICKS = 100;

const CPUS = onlineCpus().length;

/** Copies file pages that are in memory anyway, again and again. */
const COPY = `const fs = require('fs'), fd = fs.openSync(process.execPath), to = Buffer.alloc(1 << 22);
  for (;;) fs.readSync(fd, to, 0, to.length, 0);`;

/**
 * Shares of CPU time against what the kernel's own accounting says of the machine and of the processes that cause them.
 * Others may use the machine meanwhile, so that only what a load must add is asked for. Samples are chance: an unlucky
 * draw gets another one.
 */
describe.skipIf(!ground.root || !ground.btf)(`CPU activity${missing('root', 'btf')}`, { retry: 2 }, () => {
  let exporter: Exporter;
  beforeAll(async () => {
    exporter = await Exporter.start();
  });
  afterAll(() => exporter.stop());

  it('adds up to all CPUs and all of the time, idle as the kernel has it', async () => {
    const idleBefore = machineIdle();
    const { wall, spent, total } = await watch(exporter, 10_000);
    const idle = machineIdle() - idleBefore;
    expect(Math.abs(total / (CPUS * wall) - 1)).toBeLessThan(0.02);
    // Five times the standard error of so many samples.
    expect(Math.abs(spent('idle') - idle) / total).toBeLessThan(0.08);
  });

  it('sees a process that only computes as other', async () => {
    const spinner = new Load(process.execPath, ['-e', 'for (;;);']);
    const { spent } = await watch(exporter, WINDOW_MS);
    expect(spent('other') / (await spinner.stop())).toBeGreaterThan(0.8);
  });

  it('sees the moving of memory as copy', async () => {
    const before = await watch(exporter, WINDOW_MS);
    const copier = new Load(process.execPath, ['-e', COPY]);
    const { spent } = await watch(exporter, WINDOW_MS);
    expect((spent('copy') - before.spent('copy')) / (await copier.stop())).toBeGreaterThan(0.3);
  });

  it('sees frames on their way over a bridge as bridging and polling, and a sensor as capture', async () => {
    const wire = await Wire.lay();
    wire.run('sh', '-ec', BRIDGE);
    const sensor = await wire.sensor('--method', 'plain', '--device', 'far', '--name', 'sensor');
    const before = await watch(exporter, LONG_WINDOW_MS);
    const listening = sensor.tell(`read ${(LONG_WINDOW_MS + 2000) / 1000}`);
    const stop = keepSending(wire);
    const { spent } = await watch(exporter, LONG_WINDOW_MS);
    await stop();
    await listening;
    await wire.cut();
    for (const activity of ['bridging', 'polling', 'capture'])
      expect(spent(activity), activity).toBeGreaterThan(before.spent(activity));
  });

  it.skipIf(!ground.kvm)(`sees the work for a VM under its name${missing('kvm')}`, async () => {
    const guest = await PortWriter.start('worker');
    await until(async () => (await exporter.scrape()).find(METRIC, { vm: 'worker' }).length === 3);
    const timeBefore = cpuSeconds(guest.pid);
    const working = guest.write(WINDOW_MS * 100);
    const { ofVm } = await watch(exporter, WINDOW_MS);
    const took = cpuSeconds(guest.pid) - timeBefore;
    await working;
    expect(ofVm('worker', 'exit_handling')).toBeGreaterThan(0);
    expect(ofVm('worker', 'vmm')).toBeGreaterThan(0);
    const all = ['guest', 'exit_handling', 'vmm'].reduce((sum, each) => sum + ofVm('worker', each), 0);
    // Five times the standard error, on a machine that may leave it few samples.
    expect(Math.abs(all - took)).toBeLessThan(5 * Math.sqrt(took / HERTZ));
    await guest.stop();
  });
});

const BRIDGE = `ip link add name switch type bridge
  ip link add name far type veth peer name near
  ip link set ${Wire.device} master switch
  ip link set near master switch
  for device in switch near far; do ip link set $device up; done`;

interface Watched {
  /** Seconds that went by. */
  wall: number;
  /** Seconds of all CPUs. */
  total: number;
  /** Seconds of one activity, all VMs together. */
  spent(activity: string): number;
  ofVm(vm: string, activity: string): number;
}

/** What was counted in a stretch of time. */
async function watch(exporter: Exporter, ms: number): Promise<Watched> {
  const [before, from] = [await exporter.scrape(), process.hrtime.bigint()];
  await sleep(ms);
  const [after, to] = [await exporter.scrape(), process.hrtime.bigint()];
  const grown = (labels: Record<string, string> = {}): number =>
    after.sum(METRIC, labels) - before.sum(METRIC, labels);
  return {
    wall: Number(to - from) / 1e9,
    total: grown(),
    spent: (activity) => grown({ activity }),
    ofVm: (vm, activity) => grown({ vm, activity }),
  };
}

/** A process that is busy until it is stopped. */
class Load {
  readonly #child;
  readonly #before: number;

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: 'inherit' });
    this.#before = cpuSeconds(this.#child.pid!);
  }

  /** Returns the seconds it had of the CPUs. */
  async stop(): Promise<number> {
    const took = cpuSeconds(this.#child.pid!) - this.#before;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
    return took;
  }
}

/** Sends until the returned function is called, which resolves when the last frame is on its way. */
function keepSending(wire: Wire): () => Promise<void> {
  let sending = true;
  const all = (async () => {
    while (sending) await wire.send(10_000);
  })();
  return () => {
    sending = false;
    return all;
  };
}

/** User and system time of a process so far. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Idle time of all CPUs so far, with that in which something waited for a disk. */
function machineIdle(): number {
  const [, , , , idle, iowait] = /^cpu .*$/m.exec(readFileSync('/proc/stat', 'utf8'))![0].split(/\s+/);
  return (Number(idle) + Number(iowait)) / TICKS;
}
