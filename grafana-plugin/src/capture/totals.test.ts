import { describe, expect, test } from 'vitest';
import { durationsOf, totalsOf } from './totals';

const minute = 60_000;
const range = { from: 0, to: 5 * minute };
const grid = [0, 1, 2, 3, 4, 5].map((i) => i * minute);
const rate = (values: ReadonlyArray<number | null>, times = grid) => ({ times, values });

describe('each time speaks for the interval that ends at it', () => {
  test('so the first of a range speaks for nothing in it', () => {
    expect(durationsOf(grid, range)).toEqual([0, 60, 60, 60, 60, 60]);
  });

  test('but for what of its interval lies in the range', () => {
    expect(durationsOf([20_000, 80_000, 140_000], { from: 0, to: 140_000 })).toEqual([20, 60, 60]);
    expect(durationsOf([60_000, 120_000], { from: 0, to: 100_000 })).toEqual([60, 40]);
  });

  test('after a gap for one step', () => {
    expect(
      durationsOf(
        [0, 1, 2, 5, 6].map((i) => i * minute),
        { from: 0, to: 6 * minute },
      ),
    ).toEqual([0, 60, 60, 60, 60]);
  });

  test('however long it is, up to the longest step of a source that samples unevenly', () => {
    const uneven = [0, 1, 2, 7, 9, 30].map((i) => i * 1000);
    expect(durationsOf(uneven, { from: 0, to: 30_000 }, 5000)).toEqual([0, 1, 1, 5, 2, 2]);
  });

  test('alone for the whole range, as an instant query over the range does', () => {
    expect(durationsOf([5 * minute], range)).toEqual([300]);
  });

  test('nothing for nothing', () => {
    expect(durationsOf([], range)).toEqual([]);
  });
});

describe('totals', () => {
  test('are rate × time', () => {
    expect(totalsOf([rate([9, 1, 2, 3, 4, 5])], range)).toEqual({ sums: [60 * 15], seconds: 300 });
  });

  test('count only times at which all rates are known and none is below zero', () => {
    expect(totalsOf([rate([0, 10, 10, null, 10, 10]), rate([0, 1, NaN, 1, -1, 1])], range)).toEqual({
      sums: [1200, 120],
      seconds: 120,
    });
  });

  test('bring a finer rate to the coarser one', () => {
    const fine = Array.from({ length: 31 }, (_, i) => i * 10_000);
    const { sums, seconds } = totalsOf(
      [
        rate(
          fine.map(() => 7),
          fine,
        ),
        rate([0, 1, 1, 1, 1, 1]),
      ],
      range,
    );
    expect([sums, seconds]).toEqual([[7 * 300, 300], 300]);
  });

  test('of what was never sampled are nothing', () => {
    expect(totalsOf([rate([], [])], range)).toEqual({ sums: [0], seconds: 0 });
  });
});
