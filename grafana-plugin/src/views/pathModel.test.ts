import { describe, expect, test } from 'vitest';
import type { Step, Way } from '../capture/path';
import { isOptional, STAGES, type Stage } from '../capture/roles';
import { decadesOf, describeCover, describeStep, describeWay, logShare, pathTable } from './pathModel';

const plain = (text: string | undefined) => text?.replaceAll('\u202f', ' ');

/** A way with these counts, all others not seen. */
function way(counts: Partial<Record<Stage, readonly [number | null, number | null]>>, vm = 'ids-1'): Way {
  let left = 1;
  const steps = STAGES.filter((stage) => counts[stage] || !isOptional(stage)).map((stage): Step => {
    const [carried = null, dropped = null] = counts[stage] ?? [];
    const lost = carried === null || dropped === null ? null : dropped / (carried + dropped);
    const before = left;
    left *= 1 - (lost ?? 0);
    return { stage, shared: false, carried, dropped, lost, before, after: left, seconds: 3600 };
  });
  const worst = steps.reduce<Step | null>((a, b) => ((b.lost ?? 0) > (a?.lost ?? 0) ? b : a), null);
  return { vm, steps, worst };
}
const say = (one: Way, others: readonly Way[] = []) =>
  plain(Object.values(describeWay(one, { ways: [one, ...others] })).join(' | '));

describe('the sentence', () => {
  test('names the worst stage, what it means, and what is not seen', () => {
    expect(say(way({ tap: [88, 12], guest_nic: [88, 0], socket: [87, 1] }))).toBe(
      '12.0 % | of the packets for ids-1 are lost at the tap: the guest does not fetch them in time. 87.0 % of what arrives gets through every stage whose loss is known | 5 of 8 stages are not seen.',
    );
  });

  test('ranks the worst of several VMs', () => {
    const [bad, good] = [way({ tap: [88, 12] }), way({ tap: [100, 0] }, 'good')];
    expect(say(bad, [good])).toContain('of the packets for ids-1 (the worst of 2 VMs) are lost at the tap');
  });

  test('tells no loss from loss that nobody counts', () => {
    const whole = Object.fromEntries(STAGES.map((stage) => [stage, [5, 0] as const]));
    expect(say(way(whole))).toBe('No loss | of packets for ids-1 at the 10 stages whose loss is known');
    const refusing = { nic_driver: [5, null], bridge: [5, null], guest_nic: [5, null] } as const;
    expect(say(way({ ...whole, ...refusing }))).toBe(
      'No loss | of packets for ids-1 at the 7 stages whose loss is known | the loss of 3 of 10 stages is not known.',
    );
    expect(say(way({ tap: [5, 0], guest_nic: [5, null] }))).toBe(
      'No loss | of packets for ids-1 at the one stage whose loss is known | 6 of 8 stages are not seen; the loss of 1 other is not known.',
    );
    expect(say(way({ tap: [5, null] }))).toBe(
      'Loss unknown | packets for ids-1 are counted, but not what each stage drops | 7 of 8 stages are not seen; the loss of 1 other is not known.',
    );
  });
});

describe('a stage in words', () => {
  const step = (carried: number | null, dropped: number | null) =>
    plain(describeStep(way({ tap: [carried, dropped] }).steps.find(({ stage }) => stage === 'tap')!));

  test('says what is lost, what it means and what to try', () => {
    expect(step(88_000_000, 12_000_000)).toBe(
      '12 000 000 packets (12.0 %) are lost here: the guest does not fetch them in time. Try first: vCPUs and vhost threads on CPUs of their own, then longer queues (rx_queue_size=1024 of the guest’s NIC, txqueuelen of the tap).',
    );
  });

  test('says what is not known', () => {
    expect(step(null, null)).toMatch(/^Not seen\. Counted by Trapline on the host/);
    expect(step(7, null)).toBe('7 packets got through; what is lost here is not known.');
    expect(step(null, 7)).toMatch(/^7 packets are lost here: /);
    expect(step(1234, 0)).toBe('Nothing is lost here of 1 234 packets.');
    expect(step(null, 0)).toBe('Nothing is lost here.');
  });
});

test('says how much of the range was sampled where that is not all', () => {
  const half = way({ tap: [1, 0], socket: [1, 0] });
  expect(plain(describeCover(half, 3600))).toBe('');
  expect(plain(describeCover(half, 7200))).toBe('Sampled 50.0 % of the time range; no samples for the rest.');
});

describe('lost packets by their order of magnitude', () => {
  test.each([
    [0, 3, 0],
    [1, 3, 0],
    [10, 3, 1 / 3],
    [1000, 3, 1],
  ])('%i of 10^%i are %d of the lane', (dropped, decades, share) => {
    expect(logShare(dropped, decades)).toBeCloseTo(share, 12);
  });

  test.each([
    [0, 1],
    [1, 1],
    [10, 1],
    [11, 2],
    [43_200_000, 8],
  ])('%i need an axis of 10^%i', (dropped, decades) => {
    expect(decadesOf(way({ tap: [1, dropped] }).steps)).toBe(decades);
  });
});

test('the table has every stage of every VM', () => {
  const table = pathTable({ ways: [way({ tap: [88.4, 12] }), way({ tap: [1, 0] }, 'b')] });
  expect(table.count).toBe(16);
  expect(table.row(0).map(({ text }) => plain(text))).toEqual([
    'ids-1',
    'NIC hardware',
    'not seen',
    '–',
    '–',
    '–',
    '100 %',
  ]);
  expect(table.row(4).map(({ value }) => value)).toEqual([
    'ids-1',
    'Tap',
    'the VM',
    88,
    12,
    12 / 100.4,
    1 - 12 / 100.4,
  ]);
  expect(table.row(12)[0]!.value).toBe('b');
});
