import { describe, expect, it } from 'vitest';
import { PortWriter } from '../../lab/guests/port-writer.js';
import { type BpfObjects, heldBy, left } from './bpf_objects.js';
import { Exporter, isRunning, until } from './exporter.js';
import { ground, missing } from './ground.js';

/** Programs, maps and links of an exporter. The kernel may hold others, of another exporter for example. */
function objectsOf(exporter: Exporter): BpfObjects {
  const objects = heldBy(exporter.loader.pid!, exporter.serverPid);
  for (const ids of Object.values(objects)) expect(ids.size).toBeGreaterThan(5);
  return objects;
}

describe.skipIf(!ground.root || !ground.btf)(`the life of the exporter${missing('root', 'btf')}`, () => {
  it('ends at SIGTERM with code 0 and leaves no program, map or link', async () => {
    const exporter = await Exporter.start();
    const objects = objectsOf(exporter);
    const watcher = await fetch(`${exporter.url}/live`); // an open stream must not hold it up
    expect(await exporter.stop('SIGTERM')).toBe(0);
    await watcher.body?.cancel().catch(() => undefined);
    await until(() => left(objects).length === 0);
  });

  it('leaves nothing when its loader is killed', async () => {
    const exporter = await Exporter.start();
    const objects = objectsOf(exporter);
    const server = exporter.serverPid;
    await exporter.stop('SIGKILL');
    expect(isRunning(server)).toBe(false);
    await until(() => left(objects).length === 0);
  });

  it('leaves nothing when its server is killed', async () => {
    const exporter = await Exporter.start();
    const objects = objectsOf(exporter);
    process.kill(exporter.serverPid, 'SIGKILL');
    await until(() => exporter.loader.exitCode !== null);
    expect(exporter.loader.exitCode).toBe(137);
    await until(() => left(objects).length === 0);
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
