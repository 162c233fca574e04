import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cpu_activity_row, idle_clock, onEveryCpu, possibleCpus, Table } from '../../kernel/index.js';
import { TableFiles } from '../../kernel/table_files.testing.js';
import { idleClockTeacher, offlineTeacher } from './teacher.js';

describe('idleClockTeacher', () => {
  const taught = (...kallsyms: string[]): bigint[] => {
    const kernel = new TableFiles({ idle_clock });
    const proc = mkdtempSync(join(tmpdir(), 'trapline-proc-'));
    writeFileSync(join(proc, 'kallsyms'), kallsyms.map((line) => `${line}\n`).join(''));
    idleClockTeacher(kernel.fd, proc)();
    const clock = new Table(kernel.fd('idle_clock'), idle_clock);
    const addresses = (['tick_cpu_sched', 'kernel_cpustat', 'per_cpu_offset'] as const).map((field) =>
      BigInt(clock.u64(0, field)),
    );
    kernel.destroy();
    rmSync(proc, { recursive: true });
    return addresses;
  };
  const OFFSETS = 'ffffffff81a00000 D __per_cpu_offset';

  it('tells where the clock of each CPU is, on kernels before 7.2 and since', () => {
    const [tick, stat] = ['0000000000022e00 d tick_cpu_sched', '000000000002f340 D kernel_cpustat'];
    expect(taught(stat, tick, 'ffffffff81000000 T net_rx_action', OFFSETS)).toEqual([
      0x22e00n,
      0x2f340n,
      BigInt(Number(0xffffffff81a00000n)),
    ]);
  });

  it('tells of none that is missing, or that only a module has', () => {
    expect(taught('ffffffffc0000000 d tick_cpu_sched\t[other]')).toEqual([0n, 0n, 0n]);
    expect(taught('0000000000022e00 d tick_cpu_sched')).toEqual([0x22e00n, 0n, 0n]);
  });
});

it('offlineTeacher forgets when the CPUs were sampled that are offline', () => {
  const rows = onEveryCpu(cpu_activity_row);
  const kernel = new TableFiles({ cpu_activity_rows: rows });
  const cpus = Array.from({ length: possibleCpus() }, (_, cpu) => cpu);
  for (const cpu of cpus) kernel.set('cpu_activity_rows', cpu, { sampled_ns: 5 });
  offlineTeacher(kernel.fd, () => [0])();
  const table = new Table(kernel.fd('cpu_activity_rows'), rows);
  expect(cpus.map((cpu) => table.u64(cpu, 'sampled_ns'))).toEqual(cpus.map((cpu) => (cpu === 0 ? 5 : 0)));
  kernel.destroy();
});
