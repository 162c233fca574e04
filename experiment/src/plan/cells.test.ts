import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLOWS, FRAME_SIZES, MONITORS, PLATFORMS } from '../results.js';
import { combinations, orderedCells, type Monitored } from './cells.js';
import type { Plan } from './plan.js';
import { mulberry32 } from './random.js';

const METHODS: Monitored[] = [
  { name: 'plain', monitors: MONITORS },
  { name: 'v3', monitors: MONITORS },
  { name: 'netmap', monitors: ['null'] },
];

const some = <T>(all: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...all], { minLength: 1 });

const plans = fc
  .record({
    platform: some(PLATFORMS),
    method: some(METHODS.map(({ name }) => name)),
    monitor: some(MONITORS),
    flows: some(FLOWS),
    size: some(FRAME_SIZES),
  })
  .chain((factors) =>
    fc.integer({ min: 1, max: 4 }).map((replications) => ({ factors, replications }) as Plan),
  );
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('the cells of a plan', () => {
  it('are every combination with a monitor that the method has, in every replication, once', () => {
    fc.assert(
      fc.property(plans, seeds, (plan, seed) => {
        const { platform, method, monitor, flows, size } = plan.factors;
        const pairs = method.reduce(
          (sum, name) => sum + monitor.filter((one) => name !== 'netmap' || one === 'null').length,
          0,
        );
        const cells = orderedCells(plan, METHODS, seed);
        expect(cells).toHaveLength(platform.length * pairs * flows.length * size.length * plan.replications);
        expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
        for (const { id, replication, ...factors } of cells)
          expect(id).toBe(`${Object.values(factors).join('-')}-r${replication}`);
      }),
    );
  });

  it('come in the same order for the same seed, a whole replication after the other', () => {
    fc.assert(
      fc.property(plans, seeds, (plan, seed) => {
        const cells = orderedCells(plan, METHODS, seed);
        expect(orderedCells(plan, METHODS, seed)).toEqual(cells);
        const each = combinations(plan, METHODS).length;
        expect(cells.map(({ replication }) => replication)).toEqual(
          cells.map((_, place) => Math.floor(place / each) + 1),
        );
      }),
    );
  });

  it('keep their ids when the plan lists its factors otherwise', () => {
    fc.assert(
      fc.property(plans, seeds, (plan, seed) => {
        const { factors } = plan;
        const turned = { ...plan, factors: { ...factors, method: factors.method.toReversed() } };
        const ids = (plan: Plan): string[] => orderedCells(plan, METHODS, seed).map(({ id }) => id);
        expect(ids(turned).sort()).toEqual(ids(plan).sort());
      }),
    );
  });

  it('come in another order for another seed', () => {
    const factors = {
      platform: [...PLATFORMS],
      method: ['plain', 'v3'],
      monitor: [...MONITORS],
      flows: [...FLOWS],
      size: [...FRAME_SIZES],
    };
    const plan = { factors, replications: 2 } as Plan;
    const orders = [1, 2, 3, 4].map((seed) =>
      orderedCells(plan, METHODS, seed)
        .map(({ id }) => id)
        .join(),
    );
    expect(new Set(orders).size).toBe(4);
    const [first, second] = [0, 64].map((at) =>
      orderedCells(plan, METHODS, 1)
        .slice(at, at + 64)
        .map(({ id }) => id.replace(/-r.$/, '')),
    );
    expect(first).not.toEqual(second);
    expect(first!.toSorted()).toEqual(second!.toSorted());
  });
});

describe('chance', () => {
  it('is the published mulberry32', () => {
    // As its reference in JavaScript prints them.
    const chance = mulberry32(1);
    expect([chance(), chance(), chance()]).toEqual([
      0.6270739405881613, 0.002735721180215478, 0.5274470399599522,
    ]);
  });

  it('puts every order of three about as often', () => {
    const counts = new Map<string, number>();
    const plan = {
      factors: {
        platform: ['host'],
        method: ['plain'],
        monitor: ['null'],
        flows: ['single'],
        size: [64, 256, 1518],
      },
      replications: 6000,
    } as unknown as Plan;
    const cells = orderedCells(plan, METHODS, 20120730);
    for (let at = 0; at < cells.length; at += 3) {
      const order = cells
        .slice(at, at + 3)
        .map(({ size }) => size)
        .join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // 1000 are expected; the standard deviation is 29.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});
