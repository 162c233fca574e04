import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cpu_activity_process, Table } from '../../kernel/index.js';
import { TableFiles } from '../../kernel/table_files.testing.js';
import { ACTIVITIES } from './activities.js';
import { Processes, type Kind } from './processes.js';
import { Times } from './times.js';

const layouts = { processes: cpu_activity_process } as const;
const ROWS = cpu_activity_process.rows;

describe('Processes', () => {
  let kernel: TableFiles<typeof layouts>;
  let table: Table<typeof cpu_activity_process>;
  let processes: Processes;
  beforeEach(() => {
    kernel = new TableFiles(layouts);
    table = new Table(kernel.fd('processes'), cpu_activity_process, 'write');
    processes = new Processes(table);
  });
  afterEach(() => kernel.destroy());

  const update = (...wanted: [string, Kind][]): [string, Times][] => processes.update(new Map(wanted));

  it('places a process where the program looks for it', () => {
    update([`${ROWS + 7}:1234`, 'vmm'], ['8:99', 'capture']);
    const row = (index: number): number[] => [
      table.u32(index, 'kind'),
      table.u32(index, 'tgid'),
      table.u64(index, 'start_ticks'),
    ];
    expect(row(7)).toEqual([ACTIVITIES.vmm, ROWS + 7, 1234]);
    expect(row(8)).toEqual([ACTIVITIES.capture, 8, 99]);
  });

  it('goes on behind the last row, and says who found no place', () => {
    const keys = Array.from({ length: 9 }, (_, i) => `${ROWS - 1 + i * ROWS}:1`);
    update(...keys.map((key): [string, Kind] => [key, 'vmm']));
    expect([ROWS - 1, 0, 1, 2, 3, 4, 5, 6].map((row) => table.u32(row, 'tgid'))).toEqual(
      keys.slice(0, 8).map((key) => Number(key.split(':')[0])),
    );
    expect(table.u32(7, 'kind')).toBe(0);
    expect(processes.unplaced).toBe(1);
    update(...keys.slice(1).map((key): [string, Kind] => [key, 'vmm']));
    expect(processes.unplaced).toBe(0);
  });

  it('gives the last times of a VMM that is gone, once, and starts its row at zero for the next', () => {
    update(['5:1', 'vmm'], ['6:1', 'capture']);
    kernel.set('processes', 5, { guest_ns: 1, exit_handling_ns: 2, vmm_ns: 3 });
    expect(processes.vmms()).toEqual([['5:1', new Times(1, 2, 3)]]);
    expect(update(['5:2', 'vmm'])).toEqual([['5:1', new Times(1, 2, 3)]]);
    expect(update(['5:2', 'vmm'])).toEqual([]);
    expect(processes.vmms()).toEqual([['5:2', new Times(0, 0, 0)]]);
    expect(table.u32(6, 'kind')).toBe(0);
  });

  it('leaves a row alone while its process stays what it is', () => {
    update(['5:1', 'vmm']);
    kernel.set('processes', 5, { guest_ns: 7 });
    expect(update(['5:1', 'vmm'], ['9:1', 'capture'])).toEqual([]);
    expect(processes.vmms()).toEqual([['5:1', new Times(7, 0, 0)]]);
  });

  it('moves a process that becomes a VMM', () => {
    update(['5:1', 'capture']);
    expect(update(['5:1', 'vmm'])).toEqual([]);
    expect(table.u32(5, 'kind')).toBe(ACTIVITIES.vmm);
  });
});
