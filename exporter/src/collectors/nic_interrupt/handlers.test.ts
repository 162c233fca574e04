import { afterEach, beforeEach, expect, it } from 'vitest';
import { interrupt_line, nic_interrupt_row, shared_handler, Table } from '../../kernel/index.js';
import { TableFiles } from '../../kernel/table_files.testing.js';
import type { Nic, NicHandler } from '../../machine/index.js';
import { Handlers } from './handlers.js';

const layouts = {
  interrupt_lines: interrupt_line,
  shared_handlers: shared_handler,
  nic_interrupt_rows: nic_interrupt_row,
};

let files: TableFiles<typeof layouts>;
let handlers: Handlers;
let lines: Table<typeof interrupt_line>;
let sharing: Table<typeof shared_handler>;
let kernelCount: number;
beforeEach(() => {
  files = new TableFiles(layouts);
  kernelCount = 100;
  handlers = new Handlers(files.fd, () => kernelCount);
  lines = new Table(files.fd('interrupt_lines'), interrupt_line);
  sharing = new Table(files.fd('shared_handlers'), shared_handler);
});
afterEach(() => files.destroy());

const handler = (interrupt: number, name: string, queue = name): NicHandler => ({
  interrupt,
  name,
  queue,
  shared: false,
});
const nic = (device: string, ...own: NicHandler[]): Nic => ({ path: '/card', device, handlers: own });
const rowOf = (interrupt: number): number => lines.u32(interrupt, 'row');

/** What the programs would write. */
const count = (row: number, values: { count: number; ns: number }): void =>
  files.set('nic_interrupt_rows', row, values);

const shown = (): Record<string, unknown> =>
  Object.fromEntries(handlers.read().map(({ device, queues }) => [device, Object.fromEntries(queues)]));

it('gives each handler a row and adds up what lies in it', () => {
  handlers.follow([nic('eth0', handler(40, 'rx-0'), handler(41, 'tx-0'))]);
  count(rowOf(40), { count: 3, ns: 300 });
  expect(shown()).toEqual({ eth0: { 'rx-0': { count: 3, ns: 300 }, 'tx-0': { count: 0, ns: 0 } } });
  expect([rowOf(39), lines.u32(40, 'first_sharing')]).toEqual([0, 0]);
});

it('keeps a queue’s count when its interrupt changes, is given back, and when the device is renamed', () => {
  handlers.follow([nic('eth0', handler(40, 'rx-0'))]);
  const first = rowOf(40);
  count(first, { count: 3, ns: 300 });
  handlers.follow([nic('lan0', handler(50, 'rx-0'))]);
  expect(rowOf(40)).toBe(0);
  expect(rowOf(50)).not.toBe(first);
  count(rowOf(50), { count: 4, ns: 10 });
  expect(shown()).toEqual({ lan0: { 'rx-0': { count: 7, ns: 310 } } });
  handlers.follow([nic('lan0')]);
  expect(shown()).toEqual({ lan0: { 'rx-0': { count: 7, ns: 310 } } });
  handlers.follow([]);
  expect(shown()).toEqual({});
  handlers.follow([nic('lan0', handler(50, 'rx-0'))]);
  expect(shown()).toEqual({ lan0: { 'rx-0': { count: 0, ns: 0 } } });
});

it('chains the cards’ handlers on a shared line, by name', () => {
  const shared = (name: string): NicHandler => ({ ...handler(11, name, ''), shared: true });
  handlers.follow([nic('eth0', shared('eth0')), { path: '/other', device: 'e', handlers: [shared('b😀')] }]);
  const second = lines.u32(11, 'first_sharing');
  const first = sharing.u32(second, 'next');
  expect([rowOf(11), sharing.u32(first, 'next')]).toEqual([0, 0]);
  expect(nameAt(first)).toBe('eth0');
  expect(nameAt(second)).toBe('b😀');
  expect(sharing.u32(first, 'row')).not.toBe(sharing.u32(second, 'row'));

  handlers.follow([nic('eth0', { ...shared('eth0'), shared: false })]);
  expect([rowOf(11), lines.u32(11, 'first_sharing')]).toEqual([sharing.u32(first, 'row'), 0]);
});

it('tells what it could not count once there are more handlers than rows', () => {
  const many = Array.from({ length: nic_interrupt_row.rows }, (_, i) => handler(i, `rx-${i}`));
  handlers.follow([nic('eth0', ...many)]);
  expect(handlers.lost).toBe(0);
  kernelCount = 107;
  handlers.follow([nic('eth0', ...many)]);
  expect(handlers.lost).toBe(7);
  handlers.follow([nic('eth0', ...many.slice(1))]);
  expect(handlers.lost).toBe(7);
  expect(rowOf(nic_interrupt_row.rows - 1)).not.toBe(0);
});

it('tells what it could not count also where the kernel’s 32 bits end', () => {
  kernelCount = 2 ** 32 - 3;
  handlers.follow([nic('eth0', handler(interrupt_line.rows, 'rx-0'))]);
  kernelCount = 4;
  handlers.follow([nic('eth0', handler(interrupt_line.rows, 'rx-0'))]);
  expect(handlers.lost).toBe(7);
});

it('leaves numbers beyond the table alone', () => {
  handlers.follow([nic('eth0', handler(interrupt_line.rows, 'rx-0'))]);
  kernelCount = 101;
  handlers.follow([nic('eth0', handler(interrupt_line.rows, 'rx-0'))]);
  expect(handlers.lost).toBe(1);
});

function nameAt(place: number): string {
  const words = Array.from({ length: shared_handler.fields.name.length }, (_, i) =>
    sharing.u32(place, 'name', i),
  );
  return Buffer.from(Uint32Array.from(words).buffer).toString('utf8').replace(/\0+$/, '');
}
