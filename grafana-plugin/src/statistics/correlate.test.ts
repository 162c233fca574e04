import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ANSCOMBE } from './anscombe.testing';
import { midRanks, pearson, spearman } from './correlate';
import { exactFit, twiceRanks } from './exactFit.testing';
import { isConstant } from './moments';

const whole = fc.integer({ min: -50, max: 50 });
const points = fc.array(fc.tuple(whole, whole), { minLength: 3, maxLength: 60 }).map((pairs) => ({
  xs: pairs.map(([x]) => x),
  ys: pairs.map(([, y]) => y),
}));

describe("Anscombe's quartet", () => {
  test.each(ANSCOMBE)("$name has R's r and p", ({ xs, ys, r, p }) => {
    const found = pearson(xs, ys);
    expect(found.r).toBeCloseTo(r, 5);
    expect(found.p).toBeCloseTo(p, 5);
    expect(found.n).toBe(11);
  });

  /** R: cor(x, y, method = "spearman"). In I to III x has no ties, so that ρ is 1 − 6 Σ d²/(n(n² − 1)). */
  test.each([
    [0, 1 - (6 * 40) / 1320],
    [1, 1 - (6 * 68) / 1320],
    [2, 1 - (6 * 2) / 1320],
    [3, 0.5],
  ])('set %i has the known rank correlation', (set, rho) => {
    expect(spearman(ANSCOMBE[set]!.xs, ANSCOMBE[set]!.ys).r).toBeCloseTo(rho, 12);
  });
});

describe('properties', () => {
  test('Pearson is that of exact fractions', () => {
    fc.assert(
      fc.property(points, ({ xs, ys }) => {
        fc.pre(!isConstant(xs) && !isConstant(ys));
        const { r } = pearson(xs, ys);
        const exact = exactFit(xs, ys);
        expect(r! ** 2).toBeCloseTo(exact.rSquared, 12);
        expect(r! * exact.slope).toBeGreaterThanOrEqual(-1e-12);
      }),
    );
  });

  test('ranks are those of counting', () => {
    fc.assert(
      fc.property(fc.array(whole), (values) => {
        expect(Array.from(midRanks(values), (rank) => 2 * rank)).toEqual(twiceRanks(values));
      }),
    );
  });

  test('Spearman is Pearson of exact ranks, and does not see how a curve is bent', () => {
    fc.assert(
      fc.property(points, ({ xs, ys }) => {
        fc.pre(!isConstant(xs) && !isConstant(ys));
        const { r, p, n } = spearman(xs, ys);
        expect(r! ** 2).toBeCloseTo(exactFit(twiceRanks(xs), twiceRanks(ys)).rSquared, 12);
        expect(
          spearman(
            xs,
            ys.map((y) => y ** 3),
          ).r,
        ).toBeCloseTo(r!, 12);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(n).toBe(xs.length);
      }),
    );
  });

  test('the same r is the less by chance the more points it rests on', () => {
    const double = (values: readonly number[]) => [...values, ...values];
    fc.assert(
      fc.property(points, ({ xs, ys }) => {
        fc.pre(!isConstant(xs) && !isConstant(ys));
        const once = pearson(xs, ys);
        const twice = pearson(double(xs), double(ys));
        expect(twice.r).toBeCloseTo(once.r!, 12);
        expect(twice.p).toBeLessThanOrEqual(once.p! + 1e-12);
      }),
    );
  });
});

test('without change, or with two points, there is none', () => {
  expect(pearson([1, 2, 3], [5, 5, 5])).toEqual({ r: null, n: 3, p: null });
  expect(spearman([4, 4, 4], [1, 2, 3])).toEqual({ r: null, n: 3, p: null });
  expect(pearson([1, 2], [1, 2])).toEqual({ r: null, n: 2, p: null });
  expect(() => pearson([1, NaN, 3], [1, 2, 3])).toThrow(RangeError);
  expect(() => spearman([1, 2], [1])).toThrow('2 x values but 1 y values');
});
