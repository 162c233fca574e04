import { describe, expect, test } from 'vitest';
import type { Spending } from '../capture/spending';
import { budgetTable, describeSpending, domainOf, ticksTo } from './budgetModel';
import { budgetAt, cpusAt, packetsAt } from './lineRate';

const plain = (text: string | undefined) => text?.replaceAll('\u202f', ' ');

describe('line rate', () => {
  test.each([
    [64, 14_880_952, 67.2],
    [256, 4_528_985, 220.8],
    [1518, 812_743, 1230.4],
  ])('10 Gbit/s of %i B are the published %i packets/s, %d ns each', (frame, rate, ns) => {
    expect(Math.floor(packetsAt({ link: 10, frame }))).toBe(rate);
    expect(budgetAt(packetsAt({ link: 10, frame }), 1)).toBeCloseTo(ns, 10);
  });

  test('grows with the link', () => {
    expect(
      [1, 10, 25, 40, 100].map((link) => packetsAt({ link, frame: 64 }) / packetsAt({ link: 1, frame: 64 })),
    ).toEqual([1, 10, 25, 40, 100]);
  });

  test('two CPUs have twice the time, and a packet of that time needs both', () => {
    expect(budgetAt(1_000_000, 2)).toBe(2000);
    expect(cpusAt(1_000_000, 2000)).toBe(2);
  });
});

const spending = (more: Partial<Spending> = {}): Spending => ({
  vm: 'ids-1',
  rate: 347_000,
  shares: [{ payer: 'vhost', ns: 1239.2 }],
  ns: 1239.2,
  cores: 1,
  budget: 1e9 / 347_000,
  used: 0.43,
  peak: { used: 0.43, time: 0 },
  ...more,
});
const line = { link: 10, frame: 64 };
const describeOne = (one: Spending, exitsOnly = false) => {
  const { result, trust, note } = describeSpending(
    one,
    { vms: [one], payers: ['vhost'], exitsOnly },
    line,
    'utc',
  );
  return [result, trust, note].map(plain);
};

describe('the sentence', () => {
  test('names the share used, what is left, and what line rate would need', () => {
    expect(describeOne(spending())).toEqual([
      '1 239 ns',
      'per packet of ids-1 use 43 % of the budget at the present rate (347 k packets/s on 1 CPU): 57 % is left, enough for 807 k packets/s. 10 Gbit/s of 64 B frames would need 18.4 CPUs',
      undefined,
    ]);
  });

  test('says when nothing is left, when most was used, and what is not in the sum', () => {
    const [, trust, note] = describeOne(
      spending({ used: 1.2, cores: 2, peak: { used: 1.9, time: Date.UTC(2026, 10, 22, 9, 14) } }),
      true,
    );
    expect(trust).toContain(
      'use 120 % of the budget at the present rate (347 k packets/s on 2 CPUs): nothing is left.',
    );
    expect(note).toBe('At its peak, 09:14:00, it was 190 %. VM exits alone are counted.');
  });

  test('names the first of several as the nearest to its limit', () => {
    const [first, second] = [spending({ vm: 'a' }), spending({ vm: 'b' })];
    const all = { vms: [first, second], payers: [], exitsOnly: false };
    expect(describeSpending(first, all, line, 'utc').trust).toContain(
      'of a (the nearest to its limit of 2 VMs) use',
    );
    expect(describeSpending(second, all, line, 'utc').trust).toContain('of b use');
  });
});

describe('the axis', () => {
  test('holds the bars and budgets that are not far beyond them', () => {
    const of = (ns: number, budget: number, cores = 1) =>
      domainOf({ vms: [spending({ ns, budget, cores })], payers: [], exitsOnly: false }, line) / 1.06;
    expect(of(1000, 2400)).toBeCloseTo(2400, 9);
    expect(of(1000, 1e6)).toBeCloseTo(1000, 9);
    expect(of(50, 1e6)).toBeCloseTo(67.2, 9);
    expect(of(1000, 900)).toBeCloseTo(1000, 9);
  });

  test.each([
    [3000, [0, 1000, 2000, 3000]],
    [1060, [0, 500, 1000]],
    [71, [0, 20, 40, 60]],
    [1_000_000, [0, 200_000, 400_000, 600_000, 800_000, 1_000_000]],
  ])('to %i has round ticks', (end, ticks) => {
    expect(ticksTo(end)).toEqual(ticks);
  });
});

test('the table has every VM at the present rate and at twenty line rates', () => {
  const one = spending({ ns: 1240, shares: [{ payer: 'vhost', ns: 1240 }] });
  const table = budgetTable({
    vms: [one, spending({ vm: 'b' })],
    payers: ['vhost', 'capture'],
    exitsOnly: false,
  });
  expect(table.count).toBe(42);
  expect(table.columns.map(({ title }) => title)).toEqual([
    'VM',
    'At',
    'Rate',
    'CPUs',
    'Budget',
    'vhost',
    'capture process',
    'Cost',
    'Used',
    'CPUs needed',
  ]);
  expect(table.row(0).map(({ value }) => value)).toEqual([
    'ids-1',
    'the present rate',
    347_000,
    1,
    1e9 / 347_000,
    1240,
    null,
    1240,
    expect.closeTo(0.43028, 9),
    expect.closeTo(0.43028, 9),
  ]);
  expect(table.row(5).map(({ text }) => plain(text))).toEqual([
    'ids-1',
    '10 Gbit/s of 64 B frames',
    '14.9 M packets/s',
    '1',
    '67.2 ns',
    '1 240 ns',
    '–',
    '1 240 ns',
    '1850 %',
    '18.5',
  ]);
  expect(table.row(21)[0]!.value).toBe('b');
});
