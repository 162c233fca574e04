import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  code_range,
  code_ranges_in_use,
  cpu_activity_row,
  idle_clock,
  onEveryCpu,
  possibleCpus,
  Refusal,
  Table,
} from '../../kernel/index.js';
import { TableFiles } from '../../kernel/table_files.testing.js';
import { ACTIVITIES } from './activities.js';
import { codeTeacher, idleClockTeacher, offlineTeacher } from './teacher.js';

const layouts = { code_ranges: code_range, code_ranges_in_use } as const;

const KERNEL = 'ffffffff81000000 T net_rx_action\nffffffff81000100 t schedule\n';
const BRIDGE = 'ffffffffc0000000 t br_forward\t[bridge]\n';
const module = (name: string, references: number, address = '0xffffffffc0000000'): string =>
  `${name} 4096 ${references} - Live ${address}\n`;

describe('codeTeacher', () => {
  let kernel: TableFiles<typeof layouts>;
  let proc: string;
  let teach: () => void;
  beforeEach(() => {
    kernel = new TableFiles(layouts);
    proc = mkdtempSync(join(tmpdir(), 'trapline-proc-'));
    teach = codeTeacher(kernel.fd, proc);
  });
  afterEach(() => {
    kernel.destroy();
    rmSync(proc, { recursive: true });
  });

  const write = (file: 'kallsyms' | 'modules', text: string): void => writeFileSync(join(proc, file), text);

  /** As activity_of_code() in bpf/cpu_activity.bpf.c finds them. */
  function taught(): { first: number; ranges: [number, number][] } {
    const inUse = new Table(kernel.fd('code_ranges_in_use'), code_ranges_in_use);
    const table = new Table(kernel.fd('code_ranges'), code_range);
    const first = inUse.u32(0, 'first');
    const rows = Array.from({ length: inUse.u32(0, 'count') }, (_, i) => first + i);
    return { first, ranges: rows.map((row) => [table.u64(row, 'start'), table.u32(row, 'activity')]) };
  }

  const kernelRanges = [
    [0xffffffff81000000, ACTIVITIES.polling],
    [0xffffffff81000100, 0],
  ];

  it('teaches once while the modules stay', () => {
    write('kallsyms', KERNEL);
    write('modules', module('ext4', 1));
    teach();
    const once = taught();
    expect(once.ranges).toEqual(kernelRanges);
    write('modules', module('ext4', 2));
    teach();
    expect(taught()).toEqual(once);
  });

  it('teaches anew in the other half when a module comes, goes or moves', () => {
    write('kallsyms', KERNEL);
    teach();
    const { first } = taught();
    write('kallsyms', KERNEL + BRIDGE);
    write('modules', module('bridge', 0));
    teach();
    expect(taught().first).toBe(code_range.rows / 2 - first);
    expect(taught().ranges).toEqual([
      ...kernelRanges,
      [0xffffffffc0000000, ACTIVITIES.bridging],
      [0xffffffffc0001000, 0],
    ]);
    write('modules', module('bridge', 0, '0xffffffffd0000000'));
    teach();
    expect(taught().first).toBe(first);
  });

  it('refuses hidden addresses, and tries again', () => {
    write('kallsyms', '0000000000000000 T net_rx_action\n');
    mkdirSync(join(proc, 'sys/kernel'), { recursive: true });
    writeFileSync(join(proc, 'sys/kernel/kptr_restrict'), '2\n');
    expect(teach).toThrow(Refusal);
    expect(teach).toThrow('functions are: set kernel.kptr_restrict to 1');
    write('kallsyms', KERNEL);
    teach();
    expect(taught().ranges).toEqual(kernelRanges);
  });

  it('refuses more than fits', () => {
    const pairs = Array.from({ length: code_range.rows / 4 + 1 }, (_, i) => {
      const at = (BigInt(i) * 32n + 0xffffffff81000000n).toString(16);
      const next = (BigInt(i) * 32n + 0xffffffff81000010n).toString(16);
      return `${at} t memcpy\n${next} t schedule\n`;
    });
    write('kallsyms', pairs.join(''));
    expect(teach).toThrow(`${code_range.rows / 2 + 2} ranges`);
  });
});

describe('idleClockTeacher', () => {
  const taught = (...kallsyms: string[]): bigint[] => {
    const kernel = new TableFiles({ idle_clock });
    const proc = mkdtempSync(join(tmpdir(), 'trapline-proc-'));
    writeFileSync(join(proc, 'kallsyms'), kallsyms.map((line) => `${line}\n`).join(''));
    idleClockTeacher(kernel.fd, proc)();
    const clock = new Table(kernel.fd('idle_clock'), idle_clock);
    const addresses = (['tick_cpu_sched', 'per_cpu_offset'] as const).map((field) =>
      BigInt(clock.u64(0, field)),
    );
    kernel.destroy();
    rmSync(proc, { recursive: true });
    return addresses;
  };
  const OFFSETS = 'ffffffff81a00000 D __per_cpu_offset';

  it('tells where the clock of each CPU is', () => {
    expect(taught('0000000000022e00 d tick_cpu_sched', KERNEL.trim(), OFFSETS)).toEqual([
      0x22e00n,
      BigInt(Number(0xffffffff81a00000n)),
    ]);
  });

  it('tells nothing where one of the two is missing, or only a module has it', () => {
    expect(taught(OFFSETS, 'ffffffffc0000000 d tick_cpu_sched\t[other]')).toEqual([0n, 0n]);
    expect(taught('0000000000022e00 d tick_cpu_sched')).toEqual([0n, 0n]);
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
