import { expect, test } from 'vitest';
import { around, bare, duration, kpps, listed, percent, probability, short, whole } from './format.js';

const plain = (text: string): string => text.replaceAll('\u202f', ' ');

test.each([
  [0, '0'],
  [0.01234, '0.0123'],
  [1.005, '1.00'],
  [13.96, '14.0'],
  [999.6, '1 000'],
  [14_880_952, '14 880 952'],
  [0.000_012, '1.2e-5'],
  [undefined, '–'],
  [NaN, '–'],
])('%s is short %s', (value, text) => expect(plain(short(value))).toBe(text));

test.each([
  [0, '0 %'],
  [0.0004, '< 0.1 %'],
  [0.034, '3.4 %'],
  [0.05, '5 %'],
  [0.834, '83 %'],
  [0.9956, '99.6 %'],
  [0.9999, '> 99.9 %'],
  [1, '100 %'],
])('%s is %s', (share, text) => expect(percent(share)).toBe(text));

test.each([
  [67.2e-9, '67.2 ns'],
  [15e-6, '15.0 µs'],
  [0.0021, '2.10 ms'],
  [3, '3.00 s'],
])('%s s are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

test('noughts that say nothing are left out', () => {
  expect(['10.0', '2.50 µs', '0.120', '100'].map(bare)).toEqual(['10', '2.5 µs', '0.12', '100']);
});

test('the rest', () => {
  expect(around(1.72, 0.000_07)).toBe('1.72 ± 0.00');
  expect(around(412, 18.6)).toBe('412 ± 19');
  expect(around(3, undefined)).toBe('3.00');
  expect(plain(whole(288_000_003))).toBe('288 000 003');
  expect([kpps(13_960), kpps(562)]).toEqual(['14.0 kpps', '562 packets/s']);
  expect([probability(0.0004), probability(0.0416)]).toEqual(['< 0.001', '0.042']);
  expect([listed(['a']), listed(['a', 'b', 'c'])]).toEqual(['a', 'a, b and c']);
});
