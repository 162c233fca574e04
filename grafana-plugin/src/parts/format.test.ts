import { describe, expect, test } from 'vitest';
import {
  correlation,
  costRate,
  cpus,
  describeFit,
  nanoseconds,
  packets,
  percent,
  perPacket,
  portion,
  si,
} from './format';

/** Spaces that do not break are written as plain ones here. */
const plain = (text: string): string => text.replaceAll('\u202f', ' ');

describe('numbers', () => {
  test.each([
    [0, '0'],
    [1, '1'],
    [999.6, '1 k'],
    [14_880_952, '14.9 M'],
    [-2500, '−2.5 k'],
    [0.00042, '420 µ'],
    [1e-12, '0.001 n'],
    [null, '–'],
    [NaN, '–'],
  ])('si(%s) is %s', (value, text) => {
    expect(plain(si(value))).toBe(text);
  });

  test('units follow their prefix', () => {
    expect(plain(si(1500, 'exits/s'))).toBe('1.5 k exits/s');
    expect(plain(costRate(0.1824, 'seconds'))).toBe('18.2 % of a core');
    expect(plain(costRate(2500, 'exits'))).toBe('2.5 k exits/s');
  });

  test.each([
    [67.2e-9, '67.2 ns'],
    [1.24e-6, '1 240 ns'],
    [1.2345e-3, '1 234 500 ns'],
    [3.456e-9, '3.46 ns'],
    [-1.24e-6, '−1 240 ns'],
    [-1e-15, '0.00 ns'],
  ])('%s s per packet is %s', (slope, text) => {
    expect(plain(perPacket(slope, 'seconds'))).toBe(text);
  });

  test('exits per packet keep three digits', () => {
    expect(plain(perPacket(0.012345, 'exits'))).toBe('0.0123 exits');
  });

  test('percent and correlation', () => {
    expect(plain(percent(0.01234))).toBe('1.23 %');
    expect(percent(null)).toBe('–');
    expect([0.5, -0.5, 0.9987, 1, null].map(correlation)).toEqual([
      '0.50',
      '−0.50',
      '0.9987',
      '1.0000',
      'undefined',
    ]);
  });
});

describe('a fit in words', () => {
  test('a line', () => {
    const { result, trust } = describeFit(
      { kind: 'line', slope: 1e-6, intercept: 0, r: 0.5, n: 30 },
      'seconds',
    );
    expect(plain(result)).toBe('1 000 ns per packet');
    expect(plain(trust)).toBe(
      'by the slope of the line: r = 0.50, n = 30; throughput explains 25 % of the change in cost',
    );
  });

  test('constant cost', () => {
    const { result, trust } = describeFit(
      { kind: 'line', slope: 0, intercept: 1, r: null, n: 30 },
      'seconds',
    );
    expect(plain(result)).toBe('0 ns per packet');
    expect(trust).toBe('cost did not change, r is undefined, n = 30');
  });

  test('no line', () => {
    expect(describeFit({ kind: 'none', reason: 'too few points', n: 2 }, 'seconds')).toEqual({
      result: 'Not enough points for a line',
      trust: '2 of at least 3 intervals',
    });
    expect(describeFit({ kind: 'none', reason: 'x never changes', n: 9 }, 'seconds')).toEqual({
      result: 'No line',
      trust: 'throughput did not change in 9 intervals, so its effect cannot be seen',
    });
  });
});

test.each([
  [0, '0 ns'],
  [6.72, '6.72 ns'],
  [67.2, '67.2 ns'],
  [99.999, '100 ns'],
  [1240, '1 240 ns'],
  [99_000, '99 000 ns'],
  [333_333, '333 µs'],
  [12_500_000, '12 500 µs'],
  [1e9, '1 000 ms'],
])('a packet of %d ns takes %s', (ns, text) => {
  expect(plain(nanoseconds(ns))).toBe(text);
});

describe('packets and CPUs', () => {
  test.each([
    [null, '–'],
    [NaN, '–'],
    [0, '0 %'],
    [1e-9, '< 0.001 %'],
    [0.0001, '0.010 %'],
    [0.001, '0.10 %'],
    [0.0099, '0.99 %'],
    [0.00999, '1.0 %'],
    [0.12, '12.0 %'],
    [0.9994, '99.9 %'],
    [0.99999, '> 99.9 %'],
    [1, '100 %'],
  ])('the share %d is %s', (share, text) => {
    expect(plain(portion(share))).toBe(text);
  });

  test('packets are given to the last one', () => {
    expect([null, 0, 999, 1234, 1_080_000_000.4].map(packets).map(plain)).toEqual([
      '–',
      '0',
      '999',
      '1 234',
      '1 080 000 000',
    ]);
  });

  test('CPUs have three or four digits', () => {
    expect([0.001, 0.101, 1, 18.45, 185, 1845].map(cpus).map(plain)).toEqual([
      '< 0.01',
      '0.10',
      '1.00',
      '18.4',
      '185',
      '1 845',
    ]);
  });
});
