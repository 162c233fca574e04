import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactMedianSlope } from './exactFit.testing';
import { isConstant } from './moments';
import { MANY_SLOPES, theilSen, type TheilSenLine } from './theilSen';

function line(xs: readonly number[], ys: readonly number[]): TheilSenLine {
  const fit = theilSen(xs, ys);
  if (fit.kind !== 'line') {
    throw new Error(fit.reason);
  }
  return fit;
}

const whole = fc.integer({ min: -10_000, max: 10_000 });

test('is the median of all slopes in exact fractions, ties in x left out', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), whole), { minLength: 3, maxLength: 40 }),
      (pairs) => {
        const xs = pairs.map(([x]) => x);
        const ys = pairs.map(([, y]) => y);
        fc.pre(!isConstant(xs));
        const fit = line(xs, ys);
        expect(fit.slope).toBeCloseTo(exactMedianSlope(xs, ys), 9);
        expect(fit.everyPair).toBe(true);
        const above = pairs.filter(([x, y]) => y - fit.slope * x > fit.intercept + 1e-9).length;
        const below = pairs.filter(([x, y]) => y - fit.slope * x < fit.intercept - 1e-9).length;
        expect(Math.max(above, below)).toBeLessThanOrEqual(pairs.length / 2);
      },
    ),
  );
});

test('three points by hand', () => {
  // Slopes of 0,1,2 against 0,1,8: 1, 4, 7; their median 4; left over 0, −3, 0.
  expect(line([0, 1, 2], [0, 1, 8])).toEqual({
    kind: 'line',
    slope: 4,
    intercept: 0,
    n: 3,
    slopes: 3,
    everyPair: true,
    // Three points are too few for any sureness.
    interval: { low: -Infinity, high: Infinity },
  });
});

test('a quarter of wild points does not move it', () => {
  fc.assert(
    fc.property(fc.array(whole, { minLength: 10, maxLength: 10 }), (wild) => {
      const xs = Array.from({ length: 40 }, (_, i) => i);
      const ys = xs.map((x) => (x % 4 === 3 ? wild[x >> 2]! * 1000 : 3 * x + 7));
      const fit = line(xs, ys);
      expect(fit.slope).toBeCloseTo(3, 9);
      expect(fit.intercept).toBeCloseTo(7, 9);
    }),
    { numRuns: 50 },
  );
});

describe('many points', () => {
  const many = (n: number) => {
    const xs = Array.from({ length: n }, (_, i) => (i * 7919) % n);
    return { xs, ys: xs.map((x, i) => (i % 5 === 0 ? 1e9 : 2 * x - 1)) };
  };

  test('are sampled by distance, find the same line, and the same each time', () => {
    const { xs, ys } = many(5000);
    const fit = line(xs, ys);
    expect(fit).toMatchObject({ slope: 2, intercept: -1, n: 5000, everyPair: false });
    expect(fit.slopes).toBeGreaterThan(MANY_SLOPES / 2);
    expect(fit.slopes).toBeLessThan(MANY_SLOPES + 5000);
    expect(line(xs, ys)).toEqual(fit);
    expect(line(xs.toReversed(), ys.toReversed())).toEqual(fit);
  });

  test('never fall below eight distances, however many they are', () => {
    const { xs, ys } = many(100_000);
    const fit = line(xs, ys);
    expect(fit).toMatchObject({ slope: 2, intercept: -1 });
    // n/8, 2n/8 … 7n/8 apart: 7n − 28n/8 slopes.
    expect(fit.slopes).toBe(350_000);
  });

  test('of which all but one share their x still have a slope', () => {
    const xs = Array.from({ length: 2000 }, (_, i) => (i === 1234 ? 9 : 5));
    expect(
      line(
        xs,
        xs.map((x) => 10 * x),
      ).slope,
    ).toBe(10);
  });
});

test('what has no slope has the same reasons as least squares', () => {
  expect(theilSen([1, 2], [3, 4])).toEqual({ kind: 'none', reason: 'too few points', n: 2 });
  expect(theilSen([7, 7, 7], [1, 2, 3])).toEqual({ kind: 'none', reason: 'x never changes', n: 3 });
  expect(line([1, 2, 3], [5, 5, 5])).toMatchObject({ slope: 0, intercept: 5 });
  expect(() => theilSen([1, 2, NaN], [1, 2, 3])).toThrow(RangeError);
});
