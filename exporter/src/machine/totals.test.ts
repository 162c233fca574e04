import { expect, it } from 'vitest';
import { Totals, U32 } from './totals.js';

/** The totals of one counter through these readings. */
function through(readings: readonly number[], options?: Parameters<Totals['next']>[2]): number[] {
  const totals = new Totals();
  return readings.map((value) => totals.next('a', value, options));
}

it('goes on where 32 bits end', () => {
  expect(through([U32 - 10, 10, 10, 30], { range: U32 })).toEqual([U32 - 10, U32 + 10, U32 + 10, U32 + 30]);
});

it('goes on where 32 bits end exactly at 0', () => {
  expect(through([U32 - 10, 0, 5], { range: U32 })).toEqual([U32 - 10, U32, U32 + 5]);
});

it('goes on where one of the counters of a sum has wrapped', () => {
  // 7 and 2^32 - 1, then 8 and 1.
  expect(through([U32 + 6, 9], { range: U32 })).toEqual([U32 + 6, U32 + 9]);
});

it('takes a fall that is no wrap for a restart, and counts what came since', () => {
  expect(through([3_000_000_000, 5, 7], { range: U32 })).toEqual([
    3_000_000_000, 3_000_000_005, 3_000_000_007,
  ]);
  expect(through([U32 - 10, 10])).toEqual([U32 - 10, U32]);
});

it('takes every fall of a counter that never restarts for a wrap', () => {
  const most = 3_000_000_000;
  expect(through([most, 5], { range: U32, longest: U32 })).toEqual([most, U32 + 5]);
  expect(through([65_000, 10], { range: 2 ** 16 })).toEqual([65_000, 2 ** 16 + 10]);
});

it('waits where a counter reads 0, since a busy driver says so', () => {
  expect(through([1000, 0, 0, 1003])).toEqual([1000, 1000, 1000, 1003]);
  expect(through([1000, 0, 4])).toEqual([1000, 1000, 1004]);
});

it('keeps counters apart, and those that are gone in the sum', () => {
  const totals = new Totals();
  totals.next('a', 5);
  totals.next('b', 7, { first: 0 });
  expect([totals.next('b', 9), totals.sum()]).toEqual([2, 7]);
  expect([...totals]).toEqual([
    ['a', 5],
    ['b', 2],
  ]);
});
