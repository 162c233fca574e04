/** Trapline's collectors of a host over the real tables, whose rows are filled as if every vCPU thread had exited. */
import { modules } from '../../exporter/src/collectors/catalogue.js';
import { Exposition } from '../../exporter/src/exposition/index.js';
import { Attachments } from '../../exporter/src/kernel/index.js';
import { objectPath, signalsOf } from '../../exporter/src/loader.js';
import { readPlatform } from '../../exporter/src/machine/index.js';
import { Watch } from '../../exporter/src/watch.js';
import { fillVcpuRows } from '../vcpu_rows.js';
import { VmCrowd } from '../vm_crowd.js';
import type { Scrape } from './writers.js';

const VCPUS = 8;

/** Returns a scrape by the collectors that run on a host by default. Needs root. */
export async function fromTables(vms: number): Promise<Scrape> {
  const crowd = await VmCrowd.start(vms, VCPUS);
  process.on('exit', () => crowd.kill());
  const chosen = modules.filter(({ offByDefault }) => !offByDefault);
  const attachments = new Attachments(
    signalsOf(chosen.map(({ description }) => description.name)),
    objectPath,
  );
  attachments.attach();
  const handles = attachments.handles();
  fillVcpuRows((table) => handles['vm_exit']!.tables[table]!, crowd.vms);
  const watch = new Watch((signal) => handles[signal]);
  const collectors = chosen.flatMap(
    (module) =>
      module.create({
        platform: { ...readPlatform(), role: 'host' },
        watch,
        handles: (signal) => handles[signal],
        resumedNs: () => 0,
        queues: () => [],
        linger: 60,
      }) ?? [],
  );
  const log = { info: () => {}, warn: () => {} };
  const build = { version: '', kernel: '', libbpf: '' };
  const exposition = new Exposition({ collectors, build, log, maxSeries: 1_000_000 });
  watch.scan();
  return async () => (await exposition.scrape('text')).reduce((sum, { length }) => sum + length, 0);
}
