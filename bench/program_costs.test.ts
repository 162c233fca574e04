import { describe, expect, it } from 'vitest';
import { costBars, costTable, programCosts, type Reading } from './program_costs.js';

/** What was measured when each program had run `runs` times: ours at 150 ns, the clock at 100, nothing at 50. */
const reading = (runs: number, rare = 0): Reading => {
  const of = (ns: number) => [
    { signal: 'softirq', program: 'softirq_entry', runs, ns: runs * ns },
    { signal: 'capture', program: 'packet_release', runs: rare, ns: rare * ns },
    { signal: 'cpu_activity', program: 'cpu_activity', runs, ns: runs * ns },
  ];
  return { trapline: of(150), clock: of(100), empty: of(50) };
};

describe('what programs cost', () => {
  const rounds = [
    [reading(1000), reading(2000)],
    [reading(2000, 5), reading(5000, 10)],
  ] as const;
  const costs = programCosts(rounds);

  it('is time by runs in each round, of those that ran often enough to tell', () => {
    expect(costs).toEqual(
      ['softirq_entry', 'cpu_activity'].map((name) => ({
        ...{ name, runs: 4000, trapline: [150, 150], clock: [100, 100], empty: [50, 50] },
      })),
    );
  });

  it('is shown beside the floor', () => {
    const exactly = (value: number) => ({ median: value, least: value, most: value });
    expect(costTable('', 'ns', costs).rows[0]).toEqual({
      name: 'softirq_entry',
      cells: [1.5, 100, 150, 100, 50].map(exactly).concat(4000 as never),
    });
    expect(costBars('', 'ns', costs).bars).toEqual([{ name: 'softirq_entry', value: 100, mark: 'ours' }]);
  });
});
