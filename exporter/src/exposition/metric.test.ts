import { describe, expect, it } from 'vitest';
import { counter, gauge, histogram } from './metric.js';

describe('definitions', () => {
  it('keep what they are given', () => {
    expect(counter('trapline_a_total', 'A.', ['x'])).toEqual({
      name: 'trapline_a_total',
      help: 'A.',
      type: 'counter',
      labels: ['x'],
    });
    expect(gauge('trapline_b', 'B.').labels).toEqual([]);
    expect(histogram('trapline_c_seconds', 'C.', [], [0.5, 1]).buckets).toEqual([0.5, 1]);
  });

  it.each([
    ['a foreign prefix', () => gauge('up', 'H.'), 'the name must be trapline_ and lower snake case'],
    ['upper case', () => gauge('trapline_Up', 'H.'), 'the name must be trapline_ and lower snake case'],
    ['a counter without _total', () => counter('trapline_a', 'H.'), 'counters, and only they, end in _total'],
    ['a gauge with _total', () => gauge('trapline_a_total', 'H.'), 'counters, and only they, end in _total'],
    ['no help', () => gauge('trapline_a', ''), 'HELP must be one line without quotes or backslashes'],
    [
      'quotes in help',
      () => gauge('trapline_a', 'a "b"'),
      'HELP must be one line without quotes or backslashes',
    ],
    ['a label twice', () => gauge('trapline_a', 'H.', ['x', 'x']), 'a label occurs twice'],
    ['the label le', () => gauge('trapline_a', 'H.', ['le']), 'the label name le cannot be used'],
    [
      'falling buckets',
      () => histogram('trapline_a', 'H.', [], [2, 1]),
      'bucket bounds must be finite and ascend',
    ],
    [
      '+Inf given',
      () => histogram('trapline_a', 'H.', [], [1, Infinity]),
      'bucket bounds must be finite and ascend',
    ],
  ])('refuse %s', (_what, define, why) => {
    expect(define).toThrow(why);
  });
});
