import { describe, expect, test } from 'vitest';
import { random } from '../../host/testing/data';
import type { Capture, Interval } from '../capture/capture';
import { formatsOf } from '../parts/formats';
import { isSure } from '../statistics/slopeInterval';
import { describeFindings, findingsOf, type VmFindings } from './correlationFindings';

/**
 * Ten truths that are known because they are made, each with a hundred fixed seeds: the interval holds the true slope in at
 * least 94 of them, and where there is none no price is said.
 */

const SEEDS = Array.from({ length: 100 }, (_, i) => 1009 * i + 17);
const STEP = 15_000;
const COUNT = 240;

/** Numbers of mean 0 and deviation 1 that are the same in every run. */
function normal(seed: number): () => number {
  const uniform = random(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** The same, each like the one before it by `alike`. */
function alikeNoise(next: () => number, alike: number, count = COUNT): number[] {
  const values = [next()];
  while (values.length < count) {
    values.push(alike * values.at(-1)! + Math.sqrt(1 - alike ** 2) * next());
  }
  return values;
}

const wave = (period: number, count = COUNT) =>
  Array.from({ length: count }, (_, i) => Math.sin((2 * Math.PI * i) / period));

/** Packets per second around 50 000, never below 0. */
const loadOf = (shape: readonly number[], size = 12_000) =>
  shape.map((one) => Math.max(0, 50_000 + size * one));

type Pairs = { readonly xs: readonly number[]; readonly ys: readonly number[] };

/** A cost of so many seconds per packet on 0.1 of a core, with errors of so much of a core. */
const costOf = (xs: readonly number[], slope: number, errors: readonly number[], size: number): Pairs => ({
  xs,
  ys: xs.map((x, i) => 0.1 + slope * x + size * errors[i]!),
});

function captureOf(vms: Readonly<Record<string, Pairs>>): Capture {
  const intervals = Object.entries(vms)
    .flatMap(([vm, { xs, ys }]) =>
      xs.map((x, i): Interval => ({ vm, time: i * STEP, x, y: ys[i]!, loss: null, exits: [] })),
    )
    .sort((a, b) => a.time - b.time);
  return { kind: 'seconds', vms: Object.keys(vms), classes: [], intervals, hasLoss: false, sources: [] };
}

function look(capture: Capture) {
  const findings = findingsOf(capture, ['leastSquares']);
  const said = describeFindings(findings, 0, capture, ['leastSquares'], formatsOf(capture));
  return { findings, result: said.result.replaceAll('\u202f', ' '), said };
}

const holds = ({ interval }: VmFindings, slope: number): boolean =>
  interval!.low <= slope && slope <= interval!.high;

/** A cost of 1 µs a packet up to 60 000 packets/s, and of 7 µs from there. */
function kneed(next: () => number): Pairs {
  const xs = loadOf(alikeNoise(next, 0.8), 20_000);
  const errors = alikeNoise(next, 0.5);
  return { xs, ys: xs.map((x, i) => 0.1 + 1e-6 * x + 6e-6 * Math.max(0, x - 60_000) + 0.005 * errors[i]!) };
}

describe('the interval holds the true slope', () => {
  const SLOPE = 1e-6;
  test.each<[string, (next: () => number) => Pairs]>([
    ['independent errors', (next) => costOf(loadOf(alikeNoise(next, 0)), SLOPE, alikeNoise(next, 0), 0.01)],
    [
      'errors and load that hold on for a minute',
      (next) => costOf(loadOf(alikeNoise(next, 0.8)), SLOPE, alikeNoise(next, 0.8), 0.01),
    ],
    [
      'errors and load that hold on for five minutes',
      (next) => costOf(loadOf(alikeNoise(next, 0.95)), SLOPE, alikeNoise(next, 0.95), 0.004),
    ],
    ['a periodic load', (next) => costOf(loadOf(wave(40)), SLOPE, alikeNoise(next, 0.8), 0.006)],
    [
      'errors that grow with the load',
      (next) => {
        const xs = loadOf(alikeNoise(next, 0.8));
        return costOf(
          xs,
          SLOPE,
          alikeNoise(next, 0.5).map((error, i) => (error * xs[i]!) / 50_000),
          0.01,
        );
      },
    ],
    ['a knee, below it', kneed],
  ])('%s', (_, make) => {
    const seen = SEEDS.map((seed) => look(captureOf({ a: make(normal(seed)) })));
    expect(seen.filter(({ findings }) => holds(findings.each[0]!, SLOPE)).length).toBeGreaterThanOrEqual(94);
    // An interval that holds everything would say nothing.
    expect(seen.filter(({ result }) => / ns per packet/.test(result)).length).toBeGreaterThanOrEqual(90);
  });

  test('two VMs, each its own', () => {
    const held = SEEDS.filter((seed) => {
      const next = normal(seed);
      const of = (slope: number) => costOf(loadOf(alikeNoise(next, 0.8)), slope, alikeNoise(next, 0.8), 0.01);
      const { findings, said } = look(captureOf({ a: of(5e-7), b: of(4e-6) }));
      expect(said.trust).toContain('of b, the most expensive of 2 VMs, by its own line');
      return holds(findings.each[0]!, 5e-7) && holds(findings.each[1]!, 4e-6);
    });
    expect(held.length).toBeGreaterThanOrEqual(94);
  });
});

describe('no price where there is none', () => {
  test.each<[string, (next: () => number) => Pairs]>([
    ['no relation', (next) => costOf(loadOf(alikeNoise(next, 0.8)), 0, alikeNoise(next, 0.8), 0.01)],
    [
      'another load that takes the CPU from the packets',
      (next) => {
        const other = alikeNoise(next, 0.9);
        const xs = loadOf(other.map((one) => -one));
        return costOf(
          xs,
          0,
          other.map((one) => one + 0.3 * next()),
          0.05,
        );
      },
    ],
    [
      'a periodic load beside a cost of its own',
      (next) => costOf(loadOf(wave(40)), 0, alikeNoise(next, 0.9), 0.01),
    ],
  ])('%s', (_, make) => {
    const results = SEEDS.map((seed) => look(captureOf({ a: make(normal(seed)) })).result);
    expect(new Set(results)).toEqual(new Set(['No reliable cost per packet']));
  });

  test('a cost that falls while throughput rises is said to be another’s', () => {
    const next = normal(5);
    const { said } = look(
      captureOf({ a: costOf(loadOf(alikeNoise(next, 0.5)), -2e-6, alikeNoise(next, 0.5), 0.01) }),
    );
    expect(said.trust).toMatch(/^cost falls while throughput rises, so something else drives it: −/);
  });
});

describe('a knee', () => {
  test('is not seen in noise that holds on', () => {
    const knees = SEEDS.filter((seed) => {
      const next = normal(seed);
      const pairs = costOf(loadOf(alikeNoise(next, 0.9)), 1e-6, alikeNoise(next, 0.9), 0.01);
      return look(captureOf({ a: pairs })).findings.each[0]!.knee;
    });
    expect(knees.length).toBeLessThanOrEqual(1);
  });

  test('is found where there is one, and the price is that below it', () => {
    const { findings, result } = look(captureOf({ a: kneed(normal(3)) }));
    expect(findings.each[0]!.knee!.x).toBeGreaterThan(57_000);
    expect(findings.each[0]!.knee!.x).toBeLessThan(63_000);
    expect(result).toMatch(/^(9\d\d(\.\d+)?|1 0\d\d) ns per packet below the knee$/);
    expect(isSure(findings.each[0]!.interval)).toBe(true);
  });
});

describe('a lag', () => {
  const lagOf = (xs: readonly number[], ys: readonly number[]) =>
    look(captureOf({ a: { xs, ys } })).findings.lags!.effect;
  const later = (xs: readonly number[], steps: number, factor = 1e-6) =>
    xs.map((_, i) => 0.2 + factor * (xs[i - steps] ?? 50_000));

  test('is that of an effect after its cause', () => {
    const xs = loadOf(alikeNoise(normal(1), 0));
    expect(lagOf(xs, later(xs, 3))).toMatchObject({ lag: 3 * STEP, r: expect.closeTo(1, 1) });
  });

  test('never of a cost that comes before, nor of one that falls', () => {
    const xs = loadOf(alikeNoise(normal(1), 0));
    expect(lagOf(xs, later(xs, -3))?.lag ?? 0).not.toBe(-3 * STEP);
    expect(lagOf(xs, later(xs, 3, -1e-6))?.p ?? 1).toBeGreaterThan(0.01);
  });

  test('of a periodic load is shorter than half its period, and never half of it', () => {
    const next = normal(9);
    const xs = loadOf(wave(24).map((one) => one + 0.1 * next()));
    // Less than half of 24 steps: 5 can be told, 12 is where cost falls when the load rises, 20 is 4 too early.
    expect(lagOf(xs, later(xs, 5))!.lag).toBe(5 * STEP);
    expect(
      [12, 20].map((steps) => lagOf(xs, later(xs, steps))?.lag ?? 0).every((lag) => lag < 12 * STEP),
    ).toBe(true);
  });

  test('is none in noise that holds on', () => {
    const sure = SEEDS.filter((seed) => {
      const next = normal(seed);
      const best = lagOf(
        loadOf(alikeNoise(next, 0.9)),
        alikeNoise(next, 0.9).map((error) => 1 + 0.01 * error),
      );
      return best && best.p <= 0.01;
    });
    expect(sure.length).toBeLessThanOrEqual(2);
  });
});
