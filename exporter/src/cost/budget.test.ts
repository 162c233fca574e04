import { describe, expect, it } from 'vitest';
import { CostBudget } from './budget.js';

const ALL = new Set(['vm_exit', 'softirq', 'napi']);
const NOTHING = { suspend: [], resume: [] };
const shares = (record: Record<string, number>): Map<string, number> => new Map(Object.entries(record));

describe('CostBudget', () => {
  it('leaves everything on within the limit', () => {
    const budget = new CostBudget(0.01, ALL);
    expect(budget.judge(shares({ vm_exit: 0.006, softirq: 0.004 }), 0)).toEqual(NOTHING);
  });

  it('switches off the dearest first, and no more than it must', () => {
    const budget = new CostBudget(0.01, ALL);
    const load = shares({ napi: 0.003, vm_exit: 0.008, softirq: 0.007 });
    expect(budget.judge(load, 0).suspend).toEqual(['vm_exit']);
    const dearer = shares({ napi: 0.011, vm_exit: 0.008, softirq: 0.007 });
    expect(new CostBudget(0.01, ALL).judge(dearer, 0).suspend).toEqual(['napi', 'vm_exit']);
  });

  it('never switches off what is indispensable, though it counts', () => {
    const budget = new CostBudget(0.01, new Set(['napi']));
    expect(budget.judge(shares({ capture: 0.5, napi: 0.001 }), 0).suspend).toEqual(['napi']);
    expect(budget.judge(shares({ capture: 0.5 }), 10)).toEqual(NOTHING);
  });

  it('tries one at a time again after a minute, the cheapest first', () => {
    const budget = new CostBudget(0.01, ALL);
    budget.judge(shares({ vm_exit: 0.03, softirq: 0.02 }), 0);
    expect(budget.judge(shares({}), 59)).toEqual(NOTHING);
    expect(budget.judge(shares({}), 60).resume).toEqual(['softirq']);
    expect(budget.judge(shares({ softirq: 0.001 }), 70).resume).toEqual(['vm_exit']);
    expect(budget.judge(shares({ softirq: 0.001, vm_exit: 0.001 }), 80)).toEqual(NOTHING);
  });

  it('tries nothing while it has to switch off', () => {
    const budget = new CostBudget(0.01, ALL);
    budget.judge(shares({ vm_exit: 0.03 }), 0);
    expect(budget.judge(shares({ softirq: 0.02 }), 60)).toEqual({ suspend: ['softirq'], resume: [] });
  });

  it('waits twice as long after each failure, up to an hour, and forgets one that has kept quiet', () => {
    const budget = new CostBudget(0.01, ALL);
    const dear = shares({ vm_exit: 0.03 });
    const pauses: number[] = [];
    let now = 0;
    for (let round = 0; round < 8; round++) {
      budget.judge(dear, now);
      const since = now;
      while (budget.judge(shares({}), now).resume.length === 0) now += 10;
      pauses.push(now - since);
    }
    expect(pauses).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600]);
    now += 600;
    budget.judge(dear, now);
    expect(budget.judge(shares({}), now + 60).resume).toEqual(['vm_exit']);
  });
});
