import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spanBox, splitByBox } from './brush';
import { firstAtLeast, pointSize } from './points';
import { logRange, rateRange } from './rateRange';

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

test('a box holds the points within it and leaves the others, each once', () => {
  const value = fc.integer({ min: 0, max: 20 });
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value)), value, value, value, value, (points, a, b, c, d) => {
      const sorted = points.toSorted(([p], [q]) => p - q);
      const xs = sorted.map(([x]) => x);
      const ys = sorted.map(([, y]) => y);
      const [left, right] = [Math.min(a, b), Math.max(a, b)];
      const [low, high] = [Math.min(c, d), Math.max(c, d)];
      const { inside, outside } = splitByBox(xs, ys, { x: [left, right], y: [low, high] });
      expect([...inside, ...outside].sort((p, q) => p - q)).toEqual(sorted.map((_, i) => i));
      expect([...inside]).toEqual(
        sorted.flatMap(([x, y], i) => (x >= left && x <= right && y >= low && y <= high ? [i] : [])),
      );
    }),
  );
});

test('what lies between two samples is the same from either end', () => {
  expect(spanBox([1, 4, 9], 2, 0)).toEqual({ x: [1, 9], y: [-Infinity, Infinity] });
  expect(spanBox([1, 4, 9], 0, 2)).toEqual(spanBox([1, 4, 9], 2, 0));
});

test.each([
  [20_500, 150_000, [20_000, 200_000]],
  [1, 10, [1, 20]],
  [0.03, 0.5, [0.02, 1]],
  [null, null, [1, 10]],
])('the logarithmic axis from %s to %s lies between round numbers', (least, most, [from, to]) => {
  const range = logRange(least, most);
  expect(range[0]).toBeCloseTo(from!, 9);
  expect(range[1]).toBeCloseTo(to!, 9);
});
