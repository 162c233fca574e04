import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ANSCOMBE } from './anscombe.testing';
import { leastSquares, type Line } from './leastSquares';
import { isConstant } from './moments';
import { exactFit } from './exactFit.testing';

function line(xs: readonly number[], ys: readonly number[]): Line {
  const fit = leastSquares(xs, ys);
  if (fit.kind !== 'line') {
    throw new Error(fit.reason);
  }
  return fit;
}

describe('against published references', () => {
  test.each(ANSCOMBE)("Anscombe's quartet $name", ({ xs, ys, intercept, slope, r }) => {
    const fit = line(xs, ys);
    expect(fit.intercept).toBeCloseTo(intercept, 5);
    expect(fit.slope).toBeCloseTo(slope, 5);
    expect(fit.r).toBeCloseTo(r, 5);
    expect(fit.n).toBe(11);
  });

  test('NIST StRD Norris: certified to fifteen digits', () => {
    // prettier-ignore
    const rows = [
      [0.1, 0.2], [338.8, 337.4], [118.1, 118.2], [888.0, 884.6], [9.2, 10.1], [228.1, 226.5], [668.5, 666.3],
      [998.5, 996.3], [449.1, 448.6], [778.9, 777.0], [559.2, 558.2], [0.3, 0.4], [0.1, 0.6], [778.1, 775.5],
      [668.8, 666.9], [339.3, 338.0], [448.9, 447.5], [10.8, 11.6], [557.7, 556.0], [228.3, 228.1], [998.0, 995.8],
      [888.8, 887.6], [119.6, 120.2], [0.3, 0.3], [0.6, 0.3], [557.6, 556.8], [339.3, 339.1], [888.0, 887.2],
      [998.5, 999.0], [778.9, 779.0], [10.2, 11.1], [117.6, 118.3], [228.9, 229.2], [668.4, 669.1], [449.2, 448.9],
      [0.2, 0.5],
    ] as const;
    const fit = line(
      rows.map(([, x]) => x),
      rows.map(([y]) => y),
    );
    expect(fit.intercept).toBeCloseTo(-0.262323073774029, 12);
    expect(fit.slope).toBeCloseTo(1.00211681802045, 13);
    expect(fit.r! ** 2).toBeCloseTo(0.999993745883712, 13);
    expect(fit.n).toBe(36);
  });
});

describe('properties', () => {
  const whole = fc.integer({ min: -1_000_000, max: 1_000_000 });
  const points = fc.array(fc.tuple(whole, whole), { minLength: 3, maxLength: 60 });

  test('equals the same formula in exact fractions', () => {
    fc.assert(
      fc.property(points, (pairs) => {
        const xs = pairs.map(([x]) => x);
        const ys = pairs.map(([, y]) => y);
        fc.pre(!isConstant(xs) && !isConstant(ys));
        const exact = exactFit(xs, ys);
        const fit = line(xs, ys);
        expect(Math.abs(fit.slope - exact.slope)).toBeLessThanOrEqual(
          1e-9 * Math.max(1, Math.abs(exact.slope)),
        );
        expect(Math.abs(fit.r! ** 2 - exact.rSquared)).toBeLessThanOrEqual(1e-9);
        expect(Math.sign(fit.slope) === Math.sign(exact.slope) || Math.abs(exact.slope) < 1e-12).toBe(true);
      }),
    );
  });

  test('finds the line that points lie on, at any offset', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 100_000 }), { minLength: 3, maxLength: 50 }),
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: -1000, max: 1000 }),
        fc.constantFrom(0, 1e6, 1.7e12),
        (xs, slope, intercept, offset) => {
          const fit = line(
            xs.map((x) => x + offset),
            xs.map((x) => slope * x + intercept),
          );
          expect(fit.slope / slope).toBeCloseTo(1, 9);
          expect(fit.r).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  test('r has no unit, does not depend on the order, and turns with the sign of y', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 1000 }), (pairs, factor) => {
        const xs = pairs.map(([x]) => x);
        const ys = pairs.map(([, y]) => y);
        fc.pre(!isConstant(xs) && !isConstant(ys));
        const { r } = line(xs, ys);
        expect(Math.abs(r!)).toBeLessThanOrEqual(1);
        expect(
          line(
            xs.map((x) => x * factor),
            ys,
          ).r,
        ).toBeCloseTo(r!, 9);
        expect(line(xs.toReversed(), ys.toReversed()).r).toBeCloseTo(r!, 9);
        expect(
          line(
            xs,
            ys.map((y) => -y),
          ).r,
        ).toBeCloseTo(-r!, 9);
      }),
    );
  });
});

describe('what has no answer', () => {
  test('two points are too few', () => {
    expect(leastSquares([1, 2], [3, 4])).toEqual({ kind: 'none', reason: 'too few points', n: 2 });
    expect(leastSquares([], [])).toEqual({ kind: 'none', reason: 'too few points', n: 0 });
  });

  test('a constant x has no slope, also where rounding makes it tremble', () => {
    expect(leastSquares([7, 7, 7], [1, 2, 3])).toEqual({ kind: 'none', reason: 'x never changes', n: 3 });
    const trembling = [0.1 + 0.2, 0.3, 0.3];
    expect(leastSquares(trembling, [1, 2, 3])).toEqual({ kind: 'none', reason: 'x never changes', n: 3 });
  });

  test('a constant y has a slope of nought and no correlation', () => {
    expect(leastSquares([1, 2, 3], [5, 5, 5])).toEqual({
      kind: 'line',
      slope: 0,
      intercept: 5,
      r: null,
      n: 3,
    });
  });

  test('values that are not finite, or do not pair up, are refused', () => {
    expect(() => leastSquares([1, 2, NaN], [1, 2, 3])).toThrow(RangeError);
    expect(() => leastSquares([1, 2, 3], [1, Infinity, 3])).toThrow(RangeError);
    expect(() => leastSquares([1, 2, 3], [1, 2])).toThrow('3 x values but 2 y values');
  });
});
