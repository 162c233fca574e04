import { describe, expect, it } from 'vitest';
import { goal } from './bench.js';
import { combine, inTurns, measure, median, ratio, turns } from './statistics.js';

describe('paired runs', () => {
  it('have a median that outliers do not move', () => {
    expect(median([5, 1, 1000])).toBe(5);
    expect(median([4, 1, 2, 1000])).toBe(3);
    expect(measure([3, 9, 1])).toEqual({ median: 3, least: 1, most: 9 });
  });

  it('are compared round by round, so that a drift of the machine falls out', () => {
    expect(ratio([20, 40, 400], [10, 20, 200])).toEqual({ median: 2, least: 2, most: 2 });
    expect(combine((a, b, c) => a - b - c, [10, 20], [1, 2], [3, 4])).toEqual({
      ...{ median: 10, least: 6, most: 14 },
    });
  });

  it('take turns forwards and backwards', async () => {
    expect(turns(['a', 'b', 'c'], 3)).toEqual([
      ['a', 'b', 'c'],
      ['c', 'b', 'a'],
      ['a', 'b', 'c'],
    ]);
    let ran = '';
    const run = (name: string) => () => (ran += name).length;
    expect(await inTurns({ a: run('a'), b: run('b') }, 2)).toEqual({ a: [1, 4], b: [2, 3] });
    expect(ran).toBe('abba');
  });
});

describe('a goal', () => {
  const measured = { median: 1.5, least: 1, most: 2 };
  it.each([
    ['at most', 1.5, true],
    ['at most', 1.4, false],
    ['at least', 1.5, true],
    ['at least', 1.6, false],
  ] as const)('is met or not by the median: %s %d', (bound, limit, met) => {
    expect(goal('a figure', bound, limit, measured, 'ns')).toEqual({
      ...{ what: 'a figure', bound, limit, measured, unit: 'ns', met },
    });
  });
});
