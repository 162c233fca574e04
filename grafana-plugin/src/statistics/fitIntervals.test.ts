import { expect, test } from 'vitest';
import { describeLeftOut, fitPairs, keepRates } from './fitIntervals';

test('keeps pairs of two rates and counts the others by their reason', () => {
  const kept = keepRates([
    { x: 1, y: 2 },
    { x: null, y: 2 },
    { x: 1, y: NaN },
    { x: Infinity, y: 1 },
    { x: -5, y: 1 },
    { x: 0, y: 0 },
  ]);
  expect(kept).toEqual({
    pairs: [
      { x: 1, y: 2 },
      { x: 0, y: 0 },
    ],
    missing: 1,
    notNumbers: 2,
    negative: 1,
  });
  expect(describeLeftOut(kept)).toBe(
    '4 intervals left out: 1 without both values, 2 not a number, 1 below zero, as after a counter reset.',
  );
});

test('says nothing where nothing was left out, and counts one in the singular', () => {
  expect(describeLeftOut({ missing: 0, notNumbers: 0, negative: 0 })).toBe('');
  expect(describeLeftOut({ missing: 0, notNumbers: 0, negative: 1 })).toBe(
    '1 interval left out: 1 below zero, as after a counter reset.',
  );
});

test('fits the kept pairs', () => {
  const fit = fitPairs([1, 2, 3, 4].map((x) => ({ x, y: 2 * x + 1 })));
  expect(fit).toEqual({ kind: 'line', slope: 2, intercept: 1, r: 1, n: 4 });
});
