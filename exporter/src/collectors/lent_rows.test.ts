import { expect, it } from 'vitest';
import { LentRows } from './lent_rows.js';

it('counts from where the borrower before has left a row', () => {
  const counters = [[5], [0]];
  const rows = new LentRows([0, 1], (row) => counters[row]!);
  expect([rows.lend(), rows.lend(), rows.lend()]).toEqual([0, 1, undefined]);
  counters[0] = [8];
  expect(rows.counted(0)).toEqual([3]);
  rows.takeBack(0);
  expect(rows.lend()).toBe(0);
  expect(rows.counted(0)).toEqual([0]);
  counters[0] = [10];
  expect(rows.counted(0)).toEqual([2]);
});

it('lends again last what came back last', () => {
  const rows = new LentRows([1, 2], () => []);
  rows.takeBack(rows.lend()!);
  expect([rows.lend(), rows.lend()]).toEqual([2, 1]);
});
