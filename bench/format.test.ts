import { describe, expect, it } from 'vitest';
import { goal } from './bench.js';
import { figure, goalText, machineText, spread, textRows } from './format.js';

describe('figures', () => {
  it.each([
    [1234567, '1 230 000'],
    [999.6, '1 000'],
    [123.4, '123'],
    [12.34, '12.3'],
    [1.234, '1.23'],
    [0.01234, '0.0123'],
    [-45.67, '-45.7'],
    [0, '0'],
    [NaN, '–'],
  ])('%d is read as %s', (value, text) => expect(figure(value)).toBe(text));

  it('say their spread where they have one', () => {
    expect(spread({ median: 2, least: 1, most: 4 })).toBe('2.00 (1.00 … 4.00)');
    expect(spread({ median: 2, least: 2, most: 2 })).toBe('2.00');
  });
});

it('a table is text, its heads first and a dash for what there is not', () => {
  const rows = [{ name: 'empty', cells: [null, 3, 'n/a', { median: 2, least: 1, most: 4 }] }];
  expect(textRows({ title: '', pairs: 1, columns: ['a', 'b', 'c', 'd'], rows })).toEqual([
    ['', 'a', 'b', 'c', 'd'],
    ['empty', '–', '3.00', 'n/a', '2.00 (1.00 … 4.00)'],
  ]);
});

it('a goal says whether it is met, and what stands in the way', () => {
  const missed = goal('slow-down', 'at most', 1, { median: 2, least: 2, most: 2 }, '%');
  expect(goalText({ ...missed, before: missed.measured })).toContain(
    `, in the run before ${spread(missed.measured)}, `,
  );
  expect(goalText({ ...missed, floor: 'The clock alone takes 1.5 %.' })).toBe(
    'slow-down: 2.00 %, at most 1.00 %: not met. The clock alone takes 1.5 %.',
  );
  expect(goalText(goal('ratio', 'at least', 2, { median: 3, least: 2, most: 4 }))).toBe(
    'ratio: 3.00 (2.00 … 4.00), at least 2.00: met',
  );
});

it('a machine says whether it is emulated', () => {
  const machine = { kernel: '6.1.0', cpu: 'QEMU', cpus: 1, date: '2026-01-31 12:30' };
  expect(machineText({ ...machine, emulated: 'no' })).toBe('Linux 6.1.0, 1 × QEMU; 2026-01-31 12:30 UTC');
  expect(machineText({ ...machine, emulated: 'instructions' })).toContain('whose clock counts instructions');
});
