import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drop_code_range, drop_code_ranges_in_use, Refusal, Table } from '../../kernel/index.js';
import { TableFiles } from '../../kernel/table_files.testing.js';
import { codeTeacher } from './table.js';

const layouts = { drop_code_ranges: drop_code_range, drop_code_ranges_in_use } as const;
const labels = new Map([
  ['net_rx_action', 1],
  ['br_forward', 2],
]);

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
    const tables = {
      ranges: { fd: kernel.fd('drop_code_ranges'), layout: drop_code_range },
      inUse: { fd: kernel.fd('drop_code_ranges_in_use'), layout: drop_code_ranges_in_use },
    };
    teach = codeTeacher(tables, (name) => labels.get(name), proc);
  });
  afterEach(() => {
    kernel.destroy();
    rmSync(proc, { recursive: true });
  });

  const write = (file: 'kallsyms' | 'modules', text: string): void => writeFileSync(join(proc, file), text);

  /** As the search in bpf/code_ranges.h finds them. */
  function taught(): { first: number; ranges: [number, number][] } {
    const inUse = new Table(kernel.fd('drop_code_ranges_in_use'), drop_code_ranges_in_use);
    const table = new Table(kernel.fd('drop_code_ranges'), drop_code_range);
    const first = inUse.u32(0, 'first');
    const rows = Array.from({ length: inUse.u32(0, 'count') }, (_, i) => first + i);
    return { first, ranges: rows.map((row) => [table.u64(row, 'start'), table.u32(row, 'label')]) };
  }

  const kernelRanges = [
    [0xffffffff81000000, 1],
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
    expect(taught().first).toBe(drop_code_range.rows / 2 - first);
    expect(taught().ranges).toEqual([...kernelRanges, [0xffffffffc0000000, 2], [0xffffffffc0001000, 0]]);
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
    const pairs = Array.from({ length: drop_code_range.rows / 4 + 1 }, (_, i) => {
      const at = (BigInt(i) * 32n + 0xffffffff81000000n).toString(16);
      const next = (BigInt(i) * 32n + 0xffffffff81000010n).toString(16);
      return `${at} t net_rx_action\n${next} t schedule\n`;
    });
    write('kallsyms', pairs.join(''));
    expect(teach).toThrow(`${drop_code_range.rows / 2 + 2} ranges`);
  });
});
