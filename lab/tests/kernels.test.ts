/** What kernels at either end of those that are supported can break: hooks that have changed, and types they do not tell of. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cpu_activity_row } from '../../exporter/src/kernel/layouts.generated.js';
import { LabHost } from '../host.js';
import { buildExporter, scrape, startTrapline } from '../trapline.js';
import { kernelsFor } from './kernels.js';
import { exitsByClass, sumOf } from './metrics.js';
import { LabPortWriter } from './port-writer.js';
import { timedScrape } from './timed-scrape.js';

const MODULES = ['kvm_amd', 'vhost_net', 'tun', 'bridge', 'veth', 'virtio_net'];
const TICK_NS = 1e7;

describe.each(kernelsFor('kernels'))('on Linux %s', (kernel) => {
  let host: LabHost;

  beforeAll(async () => {
    await buildExporter();
    host = await LabHost.boot({ kernel, modules: MODULES });
  });

  afterAll(async () => {
    await host?.stop();
  });

  it('attaches every program', async () => {
    const { stdout, code } = await host.run('node exporter/dist/main.js doctor', { timeout: 300 });
    const programs = stdout.split('\n').filter((line) => /^ {7}\w/.test(line));
    expect(programs.length).toBeGreaterThan(25);
    expect(programs.filter((line) => !/^ {7}ok /.test(line))).toEqual([]);
    expect(stdout).toMatch(/^Everything works\.$/m);
    expect(code).toBe(0);
    await startTrapline(host);
  });

  it('counts the exits of a guest, and runs that were interrupted apart', async () => {
    const writer = await LabPortWriter.start(host, 'writer');
    expect(await writer.write(100, 50)).toMatchObject({ ioExits: 100, haltExits: 1, interruptedRuns: 5000 });
    const exits = await exitsByClass(host, 'writer');
    expect({ io: exits['io'], halt: exits['halt'] }).toEqual({ io: 100, halt: 1 });
    const text = await scrape(host);
    const userspace = (reason: string) =>
      sumOf(text, 'trapline_vm_userspace_exits_total', { vm: 'writer', reason });
    expect([userspace('io'), userspace('hlt'), userspace('intr')]).toEqual([100, 1, 5000]);
    await writer.process.stop('KILL');
  });

  it('reads how long the CPU was idle where the kernel counts it', async () => {
    const before = await idleTicks(host);
    // The kernel keeps 15 characters of a name.
    const dump = await host.must('bpftool -j map dump name cpu_activity_ro');
    const after = await idleTicks(host);
    const [{ value }] = JSON.parse(dump) as [{ value: string[] }];
    const row = Buffer.from(value.map(Number));
    const ticks = Number(row.readBigUInt64LE(cpu_activity_row.fields.idle_ns.offset)) / TICK_NS;
    // As it was at the last sample.
    expect(ticks).toBeGreaterThan(before - 10);
    expect(ticks).toBeLessThan(after + 2);
  });

  it('adds up to all CPUs and all of the time', async () => {
    const cpus = Number(await host.must('nproc'));
    const first = await timedScrape(host);
    await sleep(15_000);
    const last = await timedScrape(host);
    const [before, after] = [first, last].map(({ text }) => sumOf(text, 'trapline_cpu_seconds_total', {}));
    expect(after! - before!).toBeGreaterThan(0.98 * cpus * (last.from - first.to));
    expect(after! - before!).toBeLessThan(1.02 * cpus * (last.to - first.from));
  });
});

/** Of all CPUs since boot, with that in which something waited for a disk. */
async function idleTicks(host: LabHost): Promise<number> {
  const [, , , , idle, iowait] = (await host.must("grep '^cpu ' /proc/stat")).split(/\s+/);
  return Number(idle) + Number(iowait);
}
