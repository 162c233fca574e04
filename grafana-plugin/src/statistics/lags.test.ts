import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pearson } from './correlate';
import { scanLags, type TwoMeasures } from './lags';

const STEP = 15_000;
const value = fc.option(fc.integer({ min: 0, max: 1000 }), { freq: 6 });

const source = (
  xs: ReadonlyArray<number | null>,
  ys: ReadonlyArray<number | null>,
  step = STEP,
): TwoMeasures => ({
  times: xs.map((_, i) => i * step),
  xs,
  ys,
});

/** Without a pattern, so that it correlates with no shift of itself. */
const noise = (n: number) => Array.from({ length: n }, (_, i) => (i * i * 7919 + i * 104_729) % 1009);

test('every lag is the correlation of the pairs that lie so far apart', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { minLength: 12, maxLength: 80 }), (pairs) => {
      const xs = pairs.map(([x]) => x);
      const ys = pairs.map(([, y]) => y);
      for (const { lag, r, n } of scanLags([source(xs, ys)])!.points) {
        const apart = xs.flatMap((x, i) => {
          const y = ys[i + lag / STEP] ?? null;
          return x === null || y === null ? [] : [[x, y] as const];
        });
        expect(n).toBe(apart.length);
        if (r !== null) {
          const known = pearson(
            apart.map(([x]) => x),
            apart.map(([, y]) => y),
          );
          expect(r).toBeCloseTo(known.r!, 9);
        }
      }
    }),
  );
});

describe('finds how much later the cost comes', () => {
  test.each([0, 1, 3, -2])('%i steps', (steps) => {
    const x = noise(60);
    const scan = scanLags([
      source(
        x,
        x.map((_, i) => 5 + 2 * (x[i - steps] ?? 500)),
      ),
    ])!;
    expect(scan.strongest).toMatchObject({ lag: steps * STEP, r: expect.closeTo(1, 2) });
    expect(scan.strongest!.p).toBeLessThan(1e-9);
  });

  test('across a gap, by the clock and not by the count of samples', () => {
    const x = noise(80);
    const whole = source(
      x,
      x.map((_, i) => x[i - 2] ?? 500),
    );
    const kept = x.map((_, i) => i).filter((i) => i < 30 || i > 44);
    const holed = {
      times: kept.map((i) => whole.times[i]!),
      xs: kept.map((i) => whole.xs[i]!),
      ys: kept.map((i) => whole.ys[i]!),
    };
    const scan = scanLags([holed])!;
    expect(scan.strongest).toMatchObject({ lag: 2 * STEP, n: 65 - 4 });
    expect(scan.moved).toBe(0);
  });

  test('in samples that tremble around their times', () => {
    const x = noise(60);
    const times = x.map((_, i) => i * STEP + (i % 3) * 2500);
    const scan = scanLags([{ times, xs: x, ys: x.map((_, i) => x[i - 1] ?? 500) }])!;
    expect(scan.strongest!.lag).toBe(scan.step);
    expect(scan.moved).toBeGreaterThan(30);
  });

  test('in several sources together, whose lag nought is the correlation of all points', () => {
    const a = noise(50);
    const b = noise(40).map((x) => 3 * x);
    const [ya, yb] = [a.map((x, i) => x + (i % 7)), b.map((x, i) => 2 * x + (i % 5))];
    const zero = scanLags([source(a, ya), source(b, yb)])!.points.find(({ lag }) => lag === 0)!;
    expect(zero.r).toBeCloseTo(pearson([...a, ...b], [...ya, ...yb]).r!, 12);
    expect(zero.n).toBe(90);
  });
});

describe('claims no more than it can', () => {
  test('lags go to a quarter of the time, and to thirty steps', () => {
    expect(scanLags([source(noise(20), noise(20))])!.points.map(({ lag }) => lag / STEP)).toEqual([
      -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5,
    ]);
    expect(scanLags([source(noise(500), noise(500))])!.points).toHaveLength(61);
  });

  test('what never changes correlates with nothing', () => {
    const scan = scanLags([source(noise(40), Array<number>(40).fill(3.3e-5))])!;
    expect(scan.strongest).toBeNull();
    expect(scan.points.every(({ r }) => r === null)).toBe(true);
  });

  test('NaN and infinities are gaps', () => {
    const x: Array<number | null> = noise(40);
    const scan = scanLags([source(x.with(3, NaN).with(9, Infinity), x)])!;
    expect(scan.points.find(({ lag }) => lag === 0)).toMatchObject({ r: expect.closeTo(1, 12), n: 38 });
  });

  test('p counts that the best of all lags was chosen', () => {
    const { strongest, points } = scanLags([source(noise(20), noise(20).toReversed())])!;
    const alone = pearson(noise(strongest!.n), noise(strongest!.n));
    expect(alone.p).toBe(0);
    expect(points).toHaveLength(11);
    expect(strongest!.p).toBeGreaterThan(0);
    expect(strongest!.p).toBeLessThanOrEqual(1);
  });

  test('without two samples there is no step', () => {
    expect(scanLags([])).toBeNull();
    expect(scanLags([source([1], [1])])).toBeNull();
  });
});
