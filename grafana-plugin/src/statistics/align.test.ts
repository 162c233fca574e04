import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addUp, alignTo, coarsest, joinGrids, usualStep, type Sampled } from './align';

const ramp = (step: number, count: number, begin = 0): Sampled => ({
  times: Array.from({ length: count }, (_, i) => begin + i * step),
  values: Array.from({ length: count }, (_, i) => i),
});

describe('alignTo', () => {
  test('the same grid gives the same values, gaps stay gaps', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 1e6 }), { minLength: 2 }),
        fc.array(fc.option(fc.integer()), {
          minLength: 500,
          maxLength: 500,
        }),
        (unordered, values) => {
          const times = unordered.toSorted((a, b) => a - b);
          const series = { times, values: values.slice(0, times.length) };
          expect(alignTo(times, series)).toEqual(series.values);
        },
      ),
    );
  });

  test('averages a finer series over each interval of the grid', () => {
    const fine = { times: [1, 2, 3, 4, 5, 6].map((s) => s * 1000), values: [1, 2, 3, 4, 5, 9] };
    expect(alignTo([3000, 6000], fine)).toEqual([2, 6]);
  });

  test('leaves out what is not a number and says null where nothing is left', () => {
    const fine = { times: [1000, 2000, 3000, 4000], values: [1, NaN, null, Infinity] };
    expect(alignTo([2000, 4000], fine)).toEqual([1, null]);
  });

  test('a sample in a gap of the grid belongs to no point', () => {
    const fine = ramp(1000, 61);
    const aligned = alignTo([1000, 2000, 3000, 60_000], fine);
    expect(aligned).toEqual([0.5, 2, 3, 59.5]);
  });

  test('equal steps half a step apart pair up one to one', () => {
    const shifted = ramp(1000, 10, 500);
    expect(alignTo(ramp(1000, 10, 1000).times, shifted)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('keeps the mean of a whole number of intervals', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 10, maxLength: 10 }), (values) => {
        const times = values.map((_, i) => (i + 1) * 1000);
        const coarse = alignTo([5000, 10_000], { times, values }) as number[];
        const mean = values.reduce((sum, value) => sum + value, 0) / 10;
        expect((coarse[0]! + coarse[1]!) / 2).toBeCloseTo(mean, 3);
      }),
    );
  });
});

describe('grids', () => {
  test('the usual step is the median, so a gap does not widen it', () => {
    expect(usualStep([0, 1000, 2000, 90_000, 91_000])).toBe(1000);
    expect(usualStep([5])).toBeNaN();
  });

  test('the coarsest grid wins, the first of equals', () => {
    const a = ramp(1000, 9).times;
    const b = ramp(5000, 9).times;
    expect(coarsest([a, b])).toBe(b);
    expect(coarsest([a, ramp(1000, 9).times])).toBe(a);
    expect(coarsest([[], a])).toBe(a);
  });

  test('parts of one clock keep their union, so that a late one is not lost', () => {
    expect(
      joinGrids([
        [0, 1000],
        [1000, 2000, 3000],
      ]),
    ).toEqual([0, 1000, 2000, 3000]);
    expect(
      joinGrids([
        [0, 1000, 2000],
        [300, 1300, 2300],
      ]),
    ).toEqual([0, 1000, 2000]);
  });
});

describe('addUp', () => {
  test('adds what is there and leaves a gap where nothing is', () => {
    const sum = addUp([
      { times: [0, 1000, 2000, 3000], values: [1, 1, 1, null] },
      { times: [1000, 2000, 3000], values: [10, null, NaN] },
    ]);
    expect(sum).toEqual({ times: [0, 1000, 2000, 3000], values: [1, 11, 1, null] });
  });
});
