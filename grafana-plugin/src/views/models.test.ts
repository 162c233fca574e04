import { createTheme } from '@grafana/data';
import { describe, expect, test } from 'vitest';
import type { Capture, Interval } from '../capture/capture';
import { formatsOf } from '../parts/formats';
import { describeFindings, findingsOf } from './correlationFindings';
import { correlationModel } from './correlationModel';
import { CORRELATION_DEFAULTS, type CorrelationOptions } from './correlationOptions';
import { describeMoments, momentsOf, stack } from './timelineModel';

const theme = createTheme();

const interval = (
  vm: string,
  time: number,
  x: number | null,
  y: number | null,
  more: Partial<Interval> = {},
): Interval => ({
  vm,
  time,
  x,
  y,
  loss: null,
  exits: [],
  ...more,
});

const capture = (intervals: Interval[], classes: string[] = []): Capture => ({
  kind: 'seconds',
  vms: [...new Set(intervals.map(({ vm }) => vm))].sort(),
  classes,
  intervals,
  hasLoss: intervals.some(({ loss }) => loss !== null),
  sources: [],
});

/** Model and sentences of a capture, as the view makes them. */
function look(shown: Capture, change: Partial<CorrelationOptions> = {}) {
  const options = { ...CORRELATION_DEFAULTS, ...change };
  const formats = formatsOf(shown);
  const findings = findingsOf(shown, options.lines);
  const model = correlationModel(shown, findings, options, formats, theme, 'utc');
  const statement = describeFindings(findings, model.offScale, shown, options.lines, formats);
  return { ...model, findings, statement };
}

describe('correlation', () => {
  const intervals = [
    interval('b', 1000, 30, 3.5),
    interval('a', 1000, 10, 1),
    interval('a', 2000, 20, 2),
    interval('b', 2000, 10, 1.5),
    interval('a', 3000, 30, 3),
    interval('b', 3000, 20, 2.5),
    interval('b', 4000, NaN, 1),
    interval('a', 4000, 5, -1),
  ];

  test('sorts its points by throughput and leaves out what is no rate', () => {
    const model = look(capture(intervals));
    expect(model.data).toEqual([
      [10, 10, 20, 20, 30, 30],
      [1, 1.5, 2, 2.5, 3.5, 3],
    ]);
    expect(model.statement.note).toBe(
      '2 intervals left out: 1 not a number, 1 below zero, as after a counter reset.',
    );
  });

  test('draws the line of each VM, as far as it has points: the line of all would be that of none', () => {
    const { lines } = look(capture(intervals));
    // a: 1 for 10; b: the same, 0.5 higher.
    expect(lines.map(({ name, from, to, line }) => [name, from, to, line.intercept])).toEqual([
      ['a', 10, 30, expect.closeTo(0, 12)],
      ['b', 10, 30, expect.closeTo(0.5, 12)],
    ]);
    expect(lines.map(({ line }) => line.slope)).toEqual([expect.closeTo(0.1, 12), expect.closeTo(0.1, 12)]);
    expect(new Set(lines.map(({ color }) => color)).size).toBe(1);
  });

  test('draws a line for each VM where VMs have their colours', () => {
    const { lines, key } = look(capture(intervals), { colorBy: 'vm' });
    expect(lines.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(lines[0]!.line.intercept).toBeCloseTo(0, 12);
    expect(lines[1]!.line.intercept).toBeCloseTo(0.5, 12);
    expect(key.kind === 'vms' && key.vms.map(({ name, color }) => [name, color])).toEqual([
      ['a', lines[0]!.color],
      ['b', lines[1]!.color],
    ]);
  });

  test('runs the colours from the first to the last moment, and from no loss to the worst', () => {
    const three = [10, 20, 30].map((x, i) => interval('a', (i + 1) * 1000, x, x, { loss: i / 10 }));
    const time = look(capture(three));
    expect([...time.colorOf]).toEqual([0, 24, 47]);
    expect(time.key).toEqual({ kind: 'ramp', meaning: 'Time', from: '00:00:01', to: '00:00:03' });
    const loss = look(capture(three), { colorBy: 'loss' });
    expect([...loss.colorOf]).toEqual([0, 24, 47]);
    expect(loss.key).toMatchObject({ meaning: 'Loss', from: '0\u202f%', to: '20\u202f%' });
  });

  test('VMs beyond the palette share a grey', () => {
    const many = Array.from({ length: 9 }, (_, i) => interval(`vm${i}`, 1000, i, i));
    const { key } = look(capture(many), { colorBy: 'vm' });
    const colors = key.kind === 'vms' ? key.vms.map(({ color }) => color) : [];
    expect(new Set(colors).size).toBe(8);
    expect(colors[7]).toBe(colors[8]);
  });

  test('nothing to draw is no error', () => {
    const model = look(capture([]));
    expect(model.lines).toEqual([]);
    expect(model.statement.result).toBe('Not enough points for a line');
    expect(model.key).toEqual({ kind: 'ramp', meaning: 'Time', from: '–', to: '–' });
  });
});

describe('timeline', () => {
  test('adds up VMs and weighs loss by the packets offered', () => {
    const moments = momentsOf(
      capture([
        interval('a', 1000, 90, 1, { loss: 0.1 }),
        interval('b', 1000, 300, 2, { loss: 0 }),
        interval('a', 2000, 100, null, { loss: null }),
        interval('b', 2000, null, 2, { loss: null }),
      ]),
    );
    expect(moments[0]).toMatchObject({ time: 1000, x: 390, y: 3 });
    expect(moments[0]!.loss).toBeCloseTo(10 / 400, 12);
    expect(moments[1]).toMatchObject({ time: 2000, x: 100, y: 2, loss: null });
  });

  test('leaves a hole where nothing was sampled or a counter was reset', () => {
    const times = [1000, 2000, 3000, 9000, 10_000];
    const moments = momentsOf(capture(times.map((time) => interval('a', time, time === 2000 ? -5 : 1, NaN))));
    expect(moments.map(({ time, x, y }) => [time, x, y])).toEqual([
      [1000, 1, null],
      [2000, null, null],
      [3000, 1, null],
      [6000, null, null],
      [9000, 1, null],
      [10_000, 1, null],
    ]);
  });

  test('stacks classes so that the last is the whole', () => {
    const moments = momentsOf(
      capture(
        [
          interval('a', 1000, 1, 1, { exits: [5, 3, 1] }),
          interval('a', 2000, 1, 1, { exits: [5, null, 1] }),
          interval('a', 3000, 1, 1, { exits: [null, null, null] }),
        ],
        ['x', 'y', 'z'],
      ),
    );
    expect(stack(moments, 3)).toEqual([
      [5, 5, null],
      [8, 5, null],
      [9, 6, null],
    ]);
  });

  test('says the average price: all cost by all packets', () => {
    const shown = capture([
      interval('a', 1000, 1000, 0.001, { loss: 0.02 }),
      interval('a', 2000, 3000, 0.007, { loss: 0 }),
      interval('a', 3000, null, 5),
    ]);
    const { result, trust } = describeMoments(momentsOf(shown), shown);
    expect(result.replaceAll('\u202f', ' ')).toBe('2 000 ns per packet');
    expect(trust.replaceAll('\u202f', ' ')).toBe('on average: 2 k packets/s; loss up to 2 %');
  });

  test('no packets, no price', () => {
    const shown = capture([interval('a', 1000, 0, 1)]);
    expect(describeMoments(momentsOf(shown), shown).result).toBe('No packets');
  });
});
