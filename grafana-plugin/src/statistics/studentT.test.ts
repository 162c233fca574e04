import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { incompleteBeta, logGamma, twoSidedR, twoSidedT } from './studentT';

test('the gamma function of whole and half numbers', () => {
  let factorial = 0;
  let half = Math.log(Math.PI) / 2;
  for (let n = 1; n <= 60; n++) {
    expect(logGamma(n)).toBeCloseTo(factorial, 10);
    expect(logGamma(n - 0.5)).toBeCloseTo(half, 10);
    factorial += Math.log(n);
    half += Math.log(n - 0.5);
  }
});

describe('the incomplete beta function', () => {
  const whole = fc.integer({ min: 1, max: 20 });
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  test('of whole numbers is a sum of binomials', () => {
    fc.assert(
      fc.property(share, whole, whole, (x, a, b) => {
        const n = a + b - 1;
        let binomial = 1;
        let tail = 0;
        for (let k = 0; k <= n; k++) {
          tail += k >= a ? binomial * x ** k * (1 - x) ** (n - k) : 0;
          binomial = (binomial * (n - k)) / (k + 1);
        }
        expect(incompleteBeta(x, a, b)).toBeCloseTo(tail, 11);
      }),
    );
  });

  test('turned round is what is left of one', () => {
    fc.assert(
      fc.property(share, whole, whole, (x, a, b) => {
        const turned = incompleteBeta(1 - x, b / 2, a / 2, x);
        expect(incompleteBeta(x, a / 2, b / 2) + turned).toBeCloseTo(1, 11);
      }),
    );
  });
});

describe('the t distribution', () => {
  test('has a closed form for one, two and four degrees of freedom', () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (t) => {
        const size = Math.abs(t);
        expect(twoSidedT(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(size), 12);
        expect(twoSidedT(t, 2)).toBeCloseTo(1 - size / Math.sqrt(2 + t * t), 12);
        const u = 1 + (t * t) / 4;
        expect(twoSidedT(t, 4)).toBeCloseTo(1 - (size / Math.sqrt(u * 4)) * (1 + 1 / (2 * u)), 12);
      }),
    );
  });

  /** NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2: upper critical values, three decimals. */
  test.each([
    [1, [6.314, 12.706, 63.657]],
    [5, [2.015, 2.571, 4.032]],
    [10, [1.812, 2.228, 3.169]],
    [30, [1.697, 2.042, 2.75]],
    [100, [1.66, 1.984, 2.626]],
  ])('has the published critical values for %i degrees of freedom', (freedom, values) => {
    for (const [i, p] of [0.1, 0.05, 0.01].entries()) {
      expect(twoSidedT(values[i]! - 0.0006, freedom)).toBeGreaterThan(p);
      expect(twoSidedT(values[i]! + 0.0006, freedom)).toBeLessThan(p);
    }
  });

  test('nears the normal one, also where the points are many', () => {
    expect(twoSidedT(1.959963984540054, 1e7)).toBeCloseTo(0.05, 6);
    expect(twoSidedT(3.290526731491926, 200_000)).toBeCloseTo(0.001, 6);
    expect(twoSidedT(8, 200_000) / 1.2504e-15).toBeCloseTo(1, 2);
  });

  test('at its ends', () => {
    expect(twoSidedT(0, 7)).toBe(1);
    expect(twoSidedR(1, 10)).toBe(0);
    expect(twoSidedR(-1, 10)).toBe(0);
    expect(twoSidedR(0, 10)).toBe(1);
  });
});
