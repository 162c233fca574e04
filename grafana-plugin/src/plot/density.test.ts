import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binPoints, paintBins, type Bins, type Extent } from './density';

const BLACK = [0, 0, 0] as const;
const linear = (min: number, max: number): Extent => ({ min, max, log: false });
/** How many points each cell has, column by column from the lower left. */
const countsOf = ({ cells }: Bins) => [...cells].filter((_, i) => i % 4 === 0);
const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
const all = (values: readonly unknown[]) => values.map((_, i) => i);

describe('binning', () => {
  test('counts every point exactly once, in a cell or outside', () => {
    const value = fc.double({ min: -10, max: 110, noNaN: true });
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value)), size, size, (points, columns, rows) => {
        const xs = points.map(([x]) => x);
        const ys = points.map(([, y]) => y);
        const cloud = { xs, ys, colorOf: xs.map(() => 0) };
        const bins = binPoints(cloud, all(xs), [BLACK], [linear(0, 100), linear(0, 100)], [columns, rows]);
        const within = points.filter(([x, y]) => Math.min(x, y) >= 0 && Math.max(x, y) <= 100).length;
        expect(total(countsOf(bins))).toBe(within);
        expect(bins.outside).toBe(points.length - within);
      }),
    );
  });

  test('gives each cell what counting by its ends gives', () => {
    const whole = fc.integer({ min: 0, max: 59 });
    fc.assert(
      fc.property(fc.array(fc.tuple(whole, whole)), (points) => {
        const xs = points.map(([x]) => x + 0.5);
        const ys = points.map(([, y]) => y + 0.5);
        const cloud = { xs, ys, colorOf: xs.map(() => 0) };
        const bins = binPoints(cloud, all(xs), [BLACK], [linear(0, 60), linear(0, 60)], [6, 10]);
        for (let row = 0; row < 10; row++) {
          for (let column = 0; column < 6; column++) {
            const there = points.filter(
              ([x, y]) => Math.trunc(x / 10) === column && Math.trunc(y / 6) === row,
            );
            expect(countsOf(bins)[column * 10 + row]).toBe(there.length);
          }
        }
      }),
    );
  });

  test('puts decades into equal columns on a logarithmic axis', () => {
    const xs = [1, 5, 20, 50, 70, 200, 999, 1000];
    const cloud = { xs, ys: xs.map(() => 1), colorOf: xs.map(() => 0) };
    const log = { min: 1, max: 1000, log: true };
    expect(countsOf(binPoints(cloud, all(xs), [BLACK], [log, linear(0, 2)], [3, 1]))).toEqual([2, 3, 3]);
    const bins = binPoints({ ...cloud, xs: [0, ...xs] }, all(xs), [BLACK], [log, linear(0, 2)], [3, 1]);
    expect(bins.outside).toBe(1);
  });

  test('takes only the points it is given', () => {
    const cloud = { xs: [1, 1, 9], ys: [1, 1, 9], colorOf: [0, 0, 0] };
    const bins = binPoints(cloud, [0, 2], [BLACK], [linear(0, 10), linear(0, 10)], [2, 2]);
    expect(countsOf(bins)).toEqual([1, 0, 0, 1]);
  });
});

describe('painting', () => {
  const colors = [
    [255, 0, 0],
    [0, 0, 255],
  ] as const;
  const cloud = { xs: [1, 1, 1, 9], ys: [1, 1, 1, 1], colorOf: [0, 0, 1, 1] };
  const bins = binPoints(cloud, [0, 1, 2, 3], colors, [linear(0, 10), linear(0, 2)], [3, 1]);

  test('mixes the colours of a cell by its points, and leaves empty cells clear', () => {
    expect([...paintBins(bins, 1)]).toEqual([170, 0, 85, 255, 0, 0, 0, 0, 0, 0, 255, 102]);
  });

  test('begins with the row at the top', () => {
    const tall = binPoints(
      { ...cloud, ys: [1, 1, 1, 9] },
      [0, 3],
      colors,
      [linear(0, 10), linear(0, 10)],
      [1, 2],
    );
    expect([...paintBins(tall, 1)]).toEqual([0, 0, 255, 102, 255, 0, 0, 102]);
  });

  test('fades as a whole', () => {
    expect(paintBins(bins, 0.5)[3]).toBe(128);
  });
});
