import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fTail, tQuantile } from './distributions.js';
import { meanInterval, ratioInterval } from './interval.js';
import { rIsThere, rMean, rRatio } from './r.testing.js';

const VALUES = [13.9, 14.2, 14.05, 13.4, 15.1];
const OTHERS = [26.1, 25.8, 27.3];

const alike = (ours: readonly (number | undefined)[], theirs: readonly number[]) =>
  ours.forEach((value, i) => expect(Math.abs(value! / theirs[i]! - 1)).toBeLessThan(1e-9));

describe.skipIf(!rIsThere)('as R says (r-base-core)', () => {
  test('of a mean', () => {
    const { mean, low, high } = meanInterval(VALUES);
    alike([mean, low, high], rMean(VALUES));
  });

  test('of a ratio', () => {
    const { mean, low, high } = ratioInterval(OTHERS, VALUES)!;
    alike([mean, low, high], rRatio(OTHERS, VALUES));
  });
});

test("tables of Student's t and Fisher's F", () => {
  expect(tQuantile(0.975, 2)).toBeCloseTo(4.303, 3);
  expect(tQuantile(0.975, 30)).toBeCloseTo(2.042, 3);
  expect(fTail(4.414, 1, 18)).toBeCloseTo(0.05, 4);
  expect(fTail(Infinity, 1, 18)).toBe(0);
});

test('one value has a mean and no interval', () => {
  expect(meanInterval([7])).toEqual({ n: 1, mean: 7 });
  expect(() => meanInterval([])).toThrow('no mean');
});

test('equal values are sure', () => {
  expect(meanInterval([7, 7, 7])).toEqual({ n: 3, mean: 7, deviation: 0, low: 7, high: 7 });
});

test('a ratio to nought is none', () => {
  expect(ratioInterval([1, 0], [1, 2])).toBeUndefined();
});

test('a single pair has a ratio and no interval', () => {
  expect(ratioInterval([6], [3])).toEqual({ n: 2, mean: expect.closeTo(2, 12) });
});

test('turning a ratio over turns its interval over', () => {
  const values = fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 9 });
  fc.assert(
    fc.property(values, values, (a, b) => {
      const [there, back] = [ratioInterval(a, b)!, ratioInterval(b, a)!];
      // A spread of many powers of ten has an end beyond what a number can hold.
      fc.pre(there.high! < 1e300 && back.high! < 1e300);
      expect(there.mean * back.mean).toBeCloseTo(1, 9);
      expect(there.low! * back.high!).toBeCloseTo(1, 9);
    }),
  );
});
