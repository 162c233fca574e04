import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arriving, readPath, type Way } from './path';
import { find } from './reading';
import { isOptional, STAGES } from './roles';
import { seriesOf } from './series.testing';

const minute = 60_000;
const times = [0, 1, 2, 3].map((i) => i * minute);
const range = { from: 0, to: 3 * minute };

type Rate = number | ReadonlyArray<number | null>;
const one = (query: string, stage: string, rate: Rate, labels: Record<string, string>) =>
  seriesOf(query, times, typeof rate === 'number' ? times.map(() => rate) : rate, { stage, ...labels });
const stage = (name: string, carried: Rate | null, dropped: Rate | null, labels = {}) => [
  ...(carried === null ? [] : [one('carried', name, carried, labels)]),
  ...(dropped === null ? [] : [one('dropped', name, dropped, labels)]),
];
const read = (...series: Array<ReturnType<typeof stage>>) => readPath(find(series.flat()), range);
const stepOf = (way: Way, name: string) => way.steps.find((step) => step.stage === name)!;

describe('a way', () => {
  test('has what each stage carried and lost over the range, in the order of the stages', () => {
    const { data } = read(
      stage('socket', 85, 3, { vm: 'a' }),
      stage('tap', 88, 12, { vm: 'a' }),
      stage('nic_driver', 100, 0),
    );
    const [way] = data!.ways;
    expect(way!.steps.map((step) => step.stage)).toEqual(STAGES.filter((name) => !isOptional(name)));
    expect(stepOf(way!, 'tap')).toEqual({
      stage: 'tap',
      shared: false,
      carried: 88 * 180,
      dropped: 12 * 180,
      lost: 0.12,
      before: 1,
      after: 0.88,
      seconds: 180,
    });
    expect(stepOf(way!, 'nic_driver')).toMatchObject({ shared: true, carried: 18_000, lost: 0 });
    expect(stepOf(way!, 'socket')).toMatchObject({ before: 0.88, after: 0.88 * (1 - 3 / 88) });
    expect(way!.worst!.stage).toBe('tap');
  });

  test('a stage that nobody counts is not seen, which is not zero, and loses nothing of the rest', () => {
    const { data } = read(stage('tap', 50, 50, { vm: 'a' }));
    expect(stepOf(data!.ways[0]!, 'bridge')).toMatchObject({
      carried: null,
      dropped: null,
      lost: null,
      after: 1,
    });
    expect(stepOf(data!.ways[0]!, 'socket')).toMatchObject({ carried: null, before: 0.5, after: 0.5 });
  });

  test('of carried and dropped either may be alone: then there is no share', () => {
    const { data } = read(stage('tap', 100, null, { vm: 'a' }), stage('socket', null, 7, { vm: 'a' }));
    expect(stepOf(data!.ways[0]!, 'tap')).toMatchObject({ carried: 18_000, dropped: null, lost: null });
    expect(stepOf(data!.ways[0]!, 'socket')).toMatchObject({ carried: null, dropped: 1260, lost: null });
    expect(data!.ways[0]!.worst).toBeNull();
  });

  test('adds devices and queues of one stage', () => {
    const { data } = read(
      stage('tap', 40, 10, { vm: 'a', device: 'tap0' }),
      stage('tap', 50, 0, { vm: 'a', device: 'tap1' }),
    );
    expect(stepOf(data!.ways[0]!, 'tap')).toMatchObject({ carried: 90 * 180, dropped: 10 * 180, lost: 0.1 });
  });

  test('goes through hops one after the other, and through the devices of a hop side by side', () => {
    const { data } = read(
      stage('bridge', 500, 500, { vm: 'a', hop: '4', device: 'br1' }),
      stage('bridge', 1000, 0, { vm: 'a', hop: '4', device: 'br2' }),
      stage('bridge', 60, 40, { vm: 'a', hop: '10', device: 'vmbr0' }),
      stage('bridge', 90, 10, { vm: 'a', hop: '1', device: 'fwbr' }),
      stage('bridge', 7, 0, { device: 'other' }),
    );
    const { carried, dropped, lost, shared } = stepOf(data!.ways[0]!, 'bridge');
    expect([carried, dropped, shared]).toEqual([90 * 180, 550 * 180, false]);
    expect(lost).toBeCloseTo(1 - 0.6 * 0.75 * 0.9, 12);
  });

  test('has of the bridges of a host, which may be one after the other, the worst', () => {
    const { data } = read(
      stage('bridge', 900, 100, { device: 'vmbr0' }),
      stage('bridge', 300, 100, { device: 'fwbr' }),
      stage('tap', 1, 0, { vm: 'a' }),
    );
    expect(stepOf(data!.ways[0]!, 'bridge')).toMatchObject({
      carried: 300 * 180,
      dropped: 100 * 180,
      lost: 0.25,
    });
  });

  test('counts neither gaps nor resets', () => {
    const { data } = read(stage('tap', [10, 90, null, 90], [10, 10, 10, -4], { vm: 'a' }));
    expect(stepOf(data!.ways[0]!, 'tap')).toMatchObject({
      carried: 5400,
      dropped: 600,
      lost: 0.1,
      seconds: 60,
    });
  });

  test('leaves out what leads away from the capture', () => {
    const { data } = read(
      stage('tap', 90, 10, { vm: 'a', direction: 'transmit' }),
      stage('tap', 5, 500, { vm: 'a', direction: 'receive' }),
    );
    expect(stepOf(data!.ways[0]!, 'tap').lost).toBe(0.1);
  });

  test('no packet at all is no loss', () => {
    expect(stepOf(read(stage('tap', 0, 0)).data!.ways[0]!, 'tap')).toMatchObject({ carried: 0, lost: 0 });
  });
});

test('filters and queues are steps of the ways that have them, with their loss', () => {
  const { data } = read(
    stage('qdisc', 90, 10, { vm: 'a', direction: 'transmit' }),
    stage('tap', 90, 0, { vm: 'a', direction: 'transmit' }),
    stage('tap', 90, 0, { vm: 'b', direction: 'transmit' }),
  );
  const [limited, free] = data!.ways;
  expect(limited!.steps.map((step) => step.stage)).toEqual(STAGES.filter((name) => name !== 'tc'));
  expect([limited!.worst!.stage, arriving(limited!)]).toEqual(['qdisc', 0.9]);
  expect(free!.steps.map((step) => step.stage)).toEqual(STAGES.filter((name) => !isOptional(name)));
});

describe('ways of several VMs', () => {
  const { data, remarks } = read(
    stage('softnet', 300, 0, { vm: '' }),
    stage('tap', 99, 1, { vm: 'good' }),
    stage('tap', 60, 40, { vm: 'bad' }),
    stage('socket', 80, 20, { vm: 'middling' }),
  );

  test('come with the worst first, and share the stages of the host', () => {
    expect(data!.ways.map(({ vm }) => vm)).toEqual(['bad', 'middling', 'good']);
    expect(data!.ways.map(arriving)).toEqual([0.6, 0.8, 0.99]);
    expect(data!.ways.map((way) => stepOf(way, 'softnet').carried)).toEqual([54_000, 54_000, 54_000]);
  });

  test('say by which label', () => {
    expect(remarks).toEqual(['VMs are told apart by the label “vm”.']);
  });

  test('are their own from the tap on: what the host captures itself is on nobody’s way', () => {
    const { data } = read(
      stage('tap', 90, 10, { vm: 'a' }),
      stage('tap', 1, 99, { vm: '' }),
      stage('socket', 1, 99, { vm: '' }),
      stage('bridge', 50, 50, { vm: '' }),
    );
    expect(data!.ways.map(({ vm }) => vm)).toEqual(['a']);
    expect(data!.ways[0]!.steps.map(({ lost }) => lost)).toEqual([
      null,
      null,
      null,
      0.5,
      0.1,
      null,
      null,
      null,
    ]);
  });

  test('a host without VMs has one way', () => {
    expect(read(stage('softnet', 300, 0)).data!.ways.map(({ vm }) => vm)).toEqual(['']);
  });
});

test('what gets through is what came less all that was lost, whatever the stages', () => {
  const counts = fc.tuple(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 1e9 }));
  fc.assert(
    fc.property(fc.array(counts, { minLength: 1, maxLength: 8 }), (rates) => {
      const way = read(...rates.map(([carried, dropped], i) => stage(STAGES[i]!, carried, dropped))).data!
        .ways[0]!;
      let left = 1;
      for (const step of way.steps) {
        expect(step.before).toBe(left);
        expect(step.after).toBeGreaterThanOrEqual(0);
        expect(step.after).toBeLessThanOrEqual(step.before);
        left = step.after;
      }
      const survivors = rates.reduce((share, [c, d]) => share * (c + d === 0 ? 1 : c / (c + d)), 1);
      expect(arriving(way)).toBeCloseTo(survivors, 9);
    }),
  );
});

describe('says what is missing', () => {
  test('when there are no stages', () => {
    expect(readPath(find([seriesOf('cost', times, [1, 2, 3, 4])]), range).problem).toEqual({
      missing: 'No carried and no dropped among “cost”.',
      remedy:
        'Name the queries “carried” and “dropped”, both in packets per second with the label “stage” (nic_hardware to socket) and, where a stage belongs to one VM, the label “vm”, or choose a field in the panel options under Fields.',
    });
  });

  test('when there is nothing', () => {
    expect(readPath(find([]), range).problem!.missing).toBe('The query returned no time series.');
  });
});
