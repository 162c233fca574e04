import { afterEach, beforeEach, expect, it } from 'vitest';
import { bridge_drop_row, Table } from '../../kernel/index.js';
import { TableFiles } from '../../kernel/table_files.testing.js';
import { numberOfFunction } from './functions.js';
import { dropRows, freeRow } from './rows.js';

const layouts = { bridge_drop_rows: bridge_drop_row };
const reasons = new Map([[12, 'SKB_DROP_REASON_NETFILTER_DROP']]);

let files: TableFiles<typeof layouts>;
beforeEach(() => void (files = new TableFiles(layouts)));
afterEach(() => files.destroy());

/** DROP_PLACE() in bpf/bridge_drops.h */
const place = (name: string, multicast: number, reason: number, ifindex: number): number =>
  numberOfFunction(name)! * 2 ** 44 + multicast * 2 ** 43 + reason * 2 ** 32 + ifindex;

it('reads the rows in use, and none that was freed', () => {
  const last = bridge_drop_row.rows - 1;
  const set = (row: number, at: number): void =>
    files.set('bridge_drop_rows', row, { place: at, packets: 7, netns: 0xf0000098 });
  set(0, place('nf_hook_slow', 0, 12, 2 ** 31));
  set(9, place('br_flood', 1, 0, 3));
  set(last, place('br_flood', 0, 77, 4));
  const table = new Table(files.fd('bridge_drop_rows'), bridge_drop_row, 'write');
  const read = (): unknown[] => [...dropRows(table, reasons)];
  const same = { netns: 0xf0000098, packets: 7 };
  expect(read()).toEqual([
    {
      row: 0,
      function: 'nf_hook_slow',
      multicast: false,
      reason: 'NETFILTER_DROP',
      ifindex: 2 ** 31,
      ...same,
    },
    { row: 9, function: 'br_flood', multicast: true, reason: '', ifindex: 3, ...same },
    { row: last, function: 'br_flood', multicast: false, reason: '77', ifindex: 4, ...same },
  ]);
  freeRow(table, 9);
  expect(read()).toHaveLength(2);
  expect([table.u64(9, 'place'), table.u64(9, 'packets'), table.u32(9, 'netns')]).toEqual([0, 0, 0]);
});
