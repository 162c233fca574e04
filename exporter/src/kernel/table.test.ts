import { afterAll, afterEach, expect, it } from 'vitest';
import { Table, type Layout } from './table.js';
import { TableFiles } from './table_files.testing.js';

const counts = {
  size: 24,
  rows: 2,
  fields: { generation: { type: 'u32', offset: 4 }, ns: { type: 'u64', offset: 8, length: 2 } },
} as const satisfies Layout;

const files = new TableFiles({ counts });
const table = new Table(files.fd('counts'), counts);

afterEach(() => files.write('counts', 1, 'generation', Buffer.alloc(20)));
afterAll(() => files.destroy());

it.each([0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1])('reads %d', (value) => {
  files.set('counts', 1, { ns: value });
  expect([table.u64(0, 'ns'), table.u64(1, 'ns'), table.u64(1, 'ns', 1)]).toEqual([0, value, 0]);
});

it('reads an element of an array', () => {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(2n ** 40n, 8);
  files.write('counts', 1, 'ns', bytes);
  expect([table.u64(1, 'ns', 0), table.u64(1, 'ns', 1)]).toEqual([0, 2 ** 40]);
});
