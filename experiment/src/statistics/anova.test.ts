import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anova, type Observation } from './anova.js';
import { rAnova, rIsThere, type RTerm } from './r.testing.js';

const METHODS = ['plain', 'v3', 'xdp'];
const FACTORS = ['platform', 'method', 'size'];
/** Noise that is the same in every run. */
const noise = (i: number) => Math.sin(12.9898 * (i + 1)) * 2.3;

/** A plan of two platforms, three methods and two sizes, whose effects are 40, 25 a method, and an interaction. */
function measured(replications: number): Observation[] {
  return ['host', 'guest'].flatMap((platform, p) =>
    METHODS.flatMap((method, m) =>
      ['64', '1518'].flatMap((size, s) =>
        Array.from({ length: replications }, (_, r) => ({
          levels: { platform, method, size },
          value: 100 + 40 * p + 25 * m + 7 * p * m + 3 * s + noise(p * 97 + m * 31 + s * 11 + r),
        })),
      ),
    ),
  );
}

const close = (expected: number) =>
  expect.toSatisfy(
    (value: number) => Math.abs(value - expected) <= 1e-9 * Math.abs(expected) + 1e-300,
    `${expected} to 1e-9`,
  );
const asR = (terms: readonly RTerm[]) =>
  terms.map(({ term, freedom, squares, f, p }) => ({
    factors: term.split(':'),
    freedom,
    squares: close(squares),
    f: close(f),
    p: close(p),
  }));

describe.skipIf(!rIsThere)('as R says (r-base-core)', () => {
  test('of a balanced plan, by models with and without each term and by aov()', () => {
    const data = measured(3);
    const [ours, theirs] = [anova(data, FACTORS), rAnova(data, FACTORS)];
    expect(ours.effects).toMatchObject(asR(theirs.typeTwo));
    expect(ours.effects).toMatchObject(asR(theirs.aov));
    expect(ours.residual).toMatchObject({
      freedom: theirs.residual.freedom,
      squares: close(theirs.residual.squares),
    });
  });

  test('of a plan with cells missing', () => {
    const data = measured(3).filter((_, i) => i % 5 !== 1);
    const theirs = rAnova(data, FACTORS);
    expect(anova(data, FACTORS).effects).toMatchObject(asR(theirs.typeTwo));
    expect(theirs.aov[0]!.squares).not.toEqual(close(theirs.typeTwo[0]!.squares));
  });

  test('of a plan in which a method was never measured on one platform', () => {
    const data = measured(3).filter(
      ({ levels }) => levels['platform'] === 'host' || levels['method'] !== 'xdp',
    );
    const ours = anova(data, FACTORS);
    expect(ours.effects).toMatchObject(asR(rAnova(data, FACTORS).typeTwo));
    expect(ours.effects.find(({ factors }) => factors.join() === 'platform,method')!.freedom).toBe(1);
  });
});

describe('an analysis of variance', () => {
  test('reckoned by hand: two groups of two', () => {
    const data = [1, 3, 6, 10].map((value, i) => ({ levels: { side: i < 2 ? 'a' : 'b' }, value }));
    // Means 2 and 8 around 5: 4 × 9 between, 2 × 1 + 2 × 4 within; F = 36 ÷ (10 ÷ 2).
    expect(anova(data, ['side'])).toEqual({
      effects: [
        {
          factors: ['side'],
          freedom: 1,
          squares: expect.closeTo(36, 12),
          f: expect.closeTo(7.2, 12),
          // As t with two degrees of freedom.
          p: expect.closeTo(1 - Math.sqrt(7.2 / 9.2), 12),
          partialEtaSquared: expect.closeTo(36 / 46, 12),
          omegaSquared: expect.closeTo(31 / 51, 12),
        },
      ],
      residual: { freedom: 2, squares: expect.closeTo(10, 12) },
      total: { freedom: 3, squares: expect.closeTo(46, 12) },
      constant: [],
    });
  });

  test('leaves out what does not vary, and says so', () => {
    const data = measured(2).filter(({ levels }) => levels['size'] === '64');
    const { effects, constant } = anova(data, FACTORS);
    expect(effects.map(({ factors }) => factors.join(' × '))).toEqual([
      'platform',
      'method',
      'platform × method',
    ]);
    expect(constant).toEqual(['size']);
  });

  test('judges nothing where every combination was measured once and nothing is left over', () => {
    const data = measured(1).filter(({ levels }) => levels['size'] === '64');
    const { effects, residual } = anova(data, ['platform', 'method']);
    expect(residual.freedom).toBe(0);
    expect(effects.map(({ f, p, omegaSquared }) => [f, p, omegaSquared])).toEqual(
      Array(3).fill([undefined, undefined, undefined]),
    );
  });

  test('wants more than one number', () => {
    expect(() => anova([{ levels: { side: 'a' }, value: 1 }], ['side'])).toThrow('two observations');
  });

  const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 24, maxLength: 24 });
  const withValues = (numbers: readonly number[]) =>
    measured(2).map(({ levels }, i) => ({ levels, value: numbers[i]! }));

  test('of balanced data shares out all squares', () => {
    fc.assert(
      fc.property(values, (numbers) => {
        const { effects, residual, total } = anova(withValues(numbers), FACTORS);
        const sum = effects.reduce((squares, effect) => squares + effect.squares, residual.squares);
        expect(Math.abs(sum - total.squares)).toBeLessThanOrEqual(1e-9 * total.squares);
        const freedom = effects.reduce((all, effect) => all + effect.freedom, residual.freedom);
        expect(freedom).toBe(total.freedom);
      }),
    );
  });

  test('does not mind the unit, nor where nought is', () => {
    fc.assert(
      fc.property(values, (numbers) => {
        const plain = anova(withValues(numbers), FACTORS);
        fc.pre(plain.effects.every(({ f }) => f! > 1e-3) && plain.residual.squares > 1);
        const moved = anova(withValues(numbers.map((value) => 7 * value + 100)), FACTORS);
        moved.effects.forEach(({ f }, i) => expect(f! / plain.effects[i]!.f!).toBeCloseTo(1, 7));
      }),
    );
  });
});
