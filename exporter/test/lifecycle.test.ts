import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { PortWriter } from '../../lab/guests/port-writer.js';
import { Exporter, isRunning, until } from './exporter.js';
import { ground, missing } from './ground.js';

/** Ids of everything BPF that the kernel holds, as the kernel's own tool lists them. */
function bpfObjects(): Record<string, number[]> {
  const ids = (kind: string): number[] =>
    (JSON.parse(execFileSync('bpftool', ['-j', kind, 'list'], { encoding: 'utf8' })) as { id: number }[])
      .map(({ id }) => id)
      .sort((a, b) => a - b);
  return { programs: ids('prog'), maps: ids('map'), links: ids('link') };
}

describe.skipIf(!ground.root || !ground.btf)(`the life of the exporter${missing('root', 'btf')}`, () => {
  it('ends at SIGTERM with code 0 and leaves no program, map or link', async () => {
    const before = bpfObjects();
    const exporter = await Exporter.start();
    expect(bpfObjects()).not.toEqual(before);
    const watcher = await fetch(`${exporter.url}/live`); // an open stream must not hold it up
    expect(await exporter.stop('SIGTERM')).toBe(0);
    await watcher.body?.cancel().catch(() => undefined);
    await until(() => JSON.stringify(bpfObjects()) === JSON.stringify(before));
  });

  it('leaves nothing when its loader is killed', async () => {
    const before = bpfObjects();
    const exporter = await Exporter.start();
    const server = exporter.serverPid;
    await exporter.stop('SIGKILL');
    expect(isRunning(server)).toBe(false);
    await until(() => JSON.stringify(bpfObjects()) === JSON.stringify(before));
  });

  it('leaves nothing when its server is killed', async () => {
    const before = bpfObjects();
    const exporter = await Exporter.start();
    process.kill(exporter.serverPid, 'SIGKILL');
    await until(() => exporter.loader.exitCode !== null);
    expect(exporter.loader.exitCode).toBe(137);
    await until(() => JSON.stringify(bpfObjects()) === JSON.stringify(before));
  });

  it.skipIf(!ground.kvm)(`starts beside guests that run already${missing('kvm')}`, async () => {
    const guest = await PortWriter.start('earlier');
    await guest.write(100);
    const exporter = await Exporter.start();
    await guest.write(50);
    const scrape = await exporter.scrape();
    expect(scrape.sum('trapline_vm_userspace_exits_total', { vm: 'earlier', class: 'io' })).toBe(50);
    await exporter.stop();
    await guest.stop();
  });
});
