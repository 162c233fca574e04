import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstAtLeast, pointSize } from './points';
import { rateRange } from './rateRange';

test('firstAtLeast finds what a walk from the front finds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 50 })),
      fc.integer({ min: -1, max: 51 }),
      (values, bound) => {
        const rising = values.toSorted((a, b) => a - b);
        const walked = rising.findIndex((value) => value >= bound);
        expect(firstAtLeast(rising, bound)).toBe(walked < 0 ? rising.length : walked);
      },
    ),
  );
});

test('many points are small', () => {
  expect([10, 1001, 25_000].map(pointSize)).toEqual([6, 4, 3]);
});

test.each([
  [0, 100, [0, 106]],
  [50, 100, [0, 106]],
  [90, 100, [89.4, 100.6]],
  [100, 100, [94, 106]],
  [0, 0, [0, 1]],
  [null, null, [0, 1]],
])('the axis of rates from %s to %s', (least, most, range) => {
  expect(rateRange(least, most)).toEqual(range);
});

test('the axis of rates holds every value and never goes below nought', () => {
  const rate = fc.integer({ min: 1, max: 1e9 });
  fc.assert(
    fc.property(rate, rate, (a, b) => {
      const [from, to] = rateRange(Math.min(a, b), Math.max(a, b));
      expect(from).toBeGreaterThanOrEqual(0);
      expect(from).toBeLessThanOrEqual(Math.min(a, b));
      expect(to).toBeGreaterThan(Math.max(a, b));
    }),
  );
});
