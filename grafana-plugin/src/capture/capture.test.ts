import { describe, expect, test } from 'vitest';
import { CAPTURE_ROLES, readCapture } from './capture';
import type { Overrides } from './detect';
import { explain, find } from './reading';
import type { Series } from './series';
import { seriesOf } from './series.testing';

const times = [1000, 2000, 3000];
const series = (
  query: string,
  values: ReadonlyArray<number | null>,
  labels: Record<string, string>,
  more: Partial<Series> = {},
): Series => ({ ...seriesOf(query, times, values, labels), ...more });

const read = (all: readonly Series[], overrides: Overrides = {}) => {
  const found = find(all, overrides);
  const { data, problem, remarks } = readCapture(found);
  return { capture: data, problem, explanation: explain(found, CAPTURE_ROLES, remarks) };
};

describe('a capture', () => {
  test('puts throughput, cost, loss and classes of each VM side by side', () => {
    const { capture, problem } = read([
      series('throughput', [10, 20, 30], { vm: 'a' }),
      series('cost', [1, 2, null], { vm: 'a' }),
      series('loss', [0, 50, null], { vm: 'a' }, { unit: 'percent' }),
      series('exits', [1, 1, 1], { vm: 'a', class: 'io' }),
      series('exits', [5, 5, 5], { vm: 'a', class: 'halt' }),
    ]);
    expect(problem).toBeNull();
    expect(capture!.sources.map(({ role, vm, series: { query } }) => [role, vm, query])).toEqual([
      ['throughput', 'a', 'throughput'],
      ['cost', 'a', 'cost'],
      ['loss', 'a', 'loss'],
      ['exits', 'a', 'exits'],
      ['exits', 'a', 'exits'],
    ]);
    expect(capture).toMatchObject({
      kind: 'seconds',
      vms: ['a'],
      classes: ['halt', 'io'],
      hasLoss: true,
      intervals: [
        { vm: 'a', time: 1000, x: 10, y: 1, loss: 0, exits: [5, 1] },
        { vm: 'a', time: 2000, x: 20, y: 2, loss: 0.5, exits: [5, 1] },
        { vm: 'a', time: 3000, x: 30, y: null, loss: null, exits: [5, 1] },
      ],
    });
  });

  test('adds up the series of one VM and keeps VMs apart', () => {
    const { capture } = read([
      series('throughput', [1, 1, 1], { vm: 'a', device: 'tap0' }),
      series('throughput', [2, 2, 2], { vm: 'a', device: 'tap1' }),
      series('cost', [1, 1, 1], { vm: 'a', state: 'kernel' }),
      series('cost', [3, 3, 3], { vm: 'a', state: 'vmm' }),
      series('throughput', [7, 7, 7], { vm: 'b' }),
      series('cost', [9, 9, 9], { vm: 'b' }),
    ]);
    const first = capture!.intervals.filter(({ time }) => time === 1000);
    expect(first.map(({ vm, x, y }) => [vm, x, y])).toEqual([
      ['a', 3, 4],
      ['b', 7, 9],
    ]);
  });

  test('averages the finer of two samplings over the coarser', () => {
    const fine = Array.from({ length: 20 }, (_, i) => (i + 1) * 1000);
    const { capture } = read([
      series(
        'throughput',
        fine.map((time) => time / 1000),
        { vm: 'a' },
        { times: fine },
      ),
      series('cost', [1, 2], { vm: 'a' }, { times: [10_000, 20_000] }),
    ]);
    expect(capture!.intervals.map(({ x, y }) => [x, y])).toEqual([
      [5.5, 1],
      [15.5, 2],
    ]);
  });

  test('counts exits where there is no timing, without counting totals twice', () => {
    const { capture, explanation } = read([
      series('throughput', [10, 20, 30], { vm: 'a' }),
      series('exits', [1, 2, 3], { vm: 'a', class: 'io' }),
      series('exits', [1, 1, 1], { vm: 'a', class: 'halt' }),
      series('exits', [2, 3, 4], { vm: 'a' }),
    ]);
    expect(capture!.kind).toBe('exits');
    expect(capture!.intervals.map(({ y }) => y)).toEqual([2, 3, 4]);
    expect(explanation).toContain('No exit timing was found, so cost is counted in exits.');
  });

  test('needs no label where there is one VM', () => {
    const { capture } = read([series('throughput', [1, 2, 3], {}), series('cost', [1, 2, 3], {})]);
    expect(capture!.vms).toEqual(['']);
  });
});

describe('explains itself', () => {
  test('a sentence per role, and what tells VMs apart', () => {
    const { explanation } = read([
      series('throughput', [1, 2, 3], { vm: 'a' }),
      series('cost', [1, 2, 3], { vm: 'a' }),
      series('A', [1, 2, 3], { vm: 'a' }),
    ]);
    expect(explanation).toEqual([
      'Throughput (packets delivered per second): 1 series, by the name of its query, “throughput”.',
      'Cost (seconds of exit time per second): 1 series, by the name of its query, “cost”.',
      'VMs are told apart by the label “vm”.',
      'Not used: “A” — neither its query, its name nor its unit says what it measures.',
    ]);
  });

  test('names the VMs that lack a half', () => {
    const { capture, explanation } = read([
      series('throughput', [1, 2, 3], { vm: 'a' }),
      series('throughput', [1, 2, 3], { vm: 'lonely' }),
      series('cost', [1, 2, 3], { vm: 'a' }),
    ]);
    expect(capture!.vms).toEqual(['a']);
    expect(explanation.at(-1)).toBe('Left out because only one of throughput and cost is known: lonely.');
  });
});

describe('says what is missing and what to do', () => {
  test('nothing at all', () => {
    expect(read([]).problem).toEqual({
      missing: 'The query returned no time series.',
      remedy: 'Choose a longer time range, or check that the query returns a time column and numbers.',
    });
  });

  test('one of the two roles', () => {
    expect(read([series('throughput', [1, 2, 3], {})]).problem).toEqual({
      missing: 'No cost among “throughput”.',
      remedy:
        'Name a query “cost” (seconds of exit time per second), or choose a field in the panel options under Fields.',
    });
  });

  test('both, with many names', () => {
    const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((metric) => series('A', [1, 2, 3], {}, { metric }));
    expect(read(all).problem!.missing).toBe('No throughput and no cost among “a”, “b”, “c”, “d” and 2 more.');
  });

  test('a choice that matches nothing', () => {
    const all = [series('throughput', [1, 2, 3], {}), series('cost', [1, 2, 3], {})];
    expect(read(all, { cost: 'nowhere' }).problem!.missing).toBe(
      'No field or query goes by the name “nowhere” that the panel options choose for cost.',
    );
  });

  test('two halves of different VMs', () => {
    const all = [series('throughput', [1, 2, 3], { vm: 'a' }), series('cost', [1, 2, 3], { vm: 'b' })];
    expect(read(all).problem!.missing).toBe('Throughput and cost never belong to the same VM (label “vm”).');
  });
});
