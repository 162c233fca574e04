import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findKnee } from './knee';

/** Numbers between −1 and 1 that are the same in every run. */
const wobble = (i: number): number => Math.sin(i * 12.9898) * 0.6 + Math.sin(i * 78.233) * 0.4;

/** The rest that two lines leave which meet at `at`, by elimination on the whole normal equations. */
function restOf(xs: readonly number[], ys: readonly number[], at: number): number {
  const rows = xs.map((x, i) => [1, x, Math.max(0, x - at), ys[i]!]);
  const matrix = [0, 1, 2].map((a) =>
    [0, 1, 2, 3].map((b) => rows.reduce((sum, row) => sum + row[a]! * row[b]!, 0)),
  );
  for (let a = 0; a < 3; a++) {
    const pivot = matrix[a]!;
    for (let b = 0; b < 3; b++) {
      if (b !== a) {
        const share = matrix[b]![a]! / pivot[a]!;
        matrix[b] = matrix[b]!.map((value, c) => value - share * pivot[c]!);
      }
    }
  }
  const solution = matrix.map((row, a) => row[3]! / row[a]!);
  return rows.reduce(
    (sum, row) => sum + (row[3]! - solution.reduce((fit, value, a) => fit + value * row[a]!, 0)) ** 2,
    0,
  );
}

describe('finds the knee', () => {
  test('that points lie on, with both slopes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 12, max: 45 }),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 6, max: 50 }),
        fc.integer({ min: 0, max: 1000 }),
        (at, gentle, more, offset) => {
          const xs = Array.from({ length: 60 }, (_, i) => (i * 37) % 60);
          const ys = xs.map((x) => offset + gentle * x + more * Math.max(0, x - at));
          const knee = findKnee(xs, ys)!;
          expect(knee.x).toBe(at);
          expect(knee.y).toBeCloseTo(offset + gentle * at, 6);
          expect(knee.before).toBeCloseTo(gentle, 6);
          expect(knee.after).toBeCloseTo(gentle + more, 6);
          expect(knee.p).toBeLessThan(1e-20);
        },
      ),
    );
  });

  test('where throughput stands still at its most', () => {
    const load = Array.from({ length: 200 }, (_, i) => i);
    const xs = load.map((x) => Math.min(x, 150));
    const ys = load.map((x, i) => x * 2 + wobble(i));
    const knee = findKnee(xs, ys)!;
    expect(knee.x).toBeGreaterThanOrEqual(148);
    expect(knee.before).toBeCloseTo(2, 1);
    expect(knee.after).toBeGreaterThan(20);
  });

  test('which of all places leaves the least', () => {
    const xs = Array.from({ length: 40 }, (_, i) => i);
    const ys = xs.map((x, i) => x + 6 * Math.max(0, x - 22) + 5 * wobble(i));
    const knee = findKnee(xs, ys)!;
    const rests = xs.slice(4, 35).map((at) => restOf(xs, ys, at));
    const best = 4 + rests.indexOf(Math.min(...rests));
    expect(knee.x).toBe(best);
  });
});

describe('finds none', () => {
  const xs = Array.from({ length: 300 }, (_, i) => i);
  test.each([
    ['in a straight line', xs.map((x) => 3 * x + 1)],
    ['in a noisy straight line', xs.map((x, i) => 3 * x + 80 * wobble(i))],
    ['in noise alone', xs.map((_, i) => wobble(i))],
    ['where cost rises less and less', xs.map((x) => Math.sqrt(x))],
    ['where cost falls', xs.map((x) => -x - 5 * Math.max(0, x - 150))],
    ['where the slope grows by a half only', xs.map((x) => 2 * x + Math.max(0, x - 150))],
    ['in a constant', xs.map(() => 5)],
  ])('%s', (_, ys) => {
    expect(findKnee(xs, ys)).toBeNull();
  });

  test('where throughput never changes, or the points are few', () => {
    expect(findKnee(Array<number>(50).fill(4), xs.slice(0, 50))).toBeNull();
    expect(findKnee([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 5, 60, 70, 80, 90])).toBeNull();
    expect(findKnee([], [])).toBeNull();
  });

  test('in straight lines of any noise, but for one in many', () => {
    let found = 0;
    for (let seed = 0; seed < 300; seed++) {
      const ys = xs.map((x) => x + 100 * wobble(x + seed * 1000.7));
      found += findKnee(xs, ys) ? 1 : 0;
    }
    expect(found).toBe(0);
  });
});

test('refuses what is no number', () => {
  expect(() => findKnee([1, NaN], [1, 2])).toThrow(RangeError);
});
