import { describe, expect, test } from 'vitest';
import { framesOf } from './frames';
import { keep, KEEP_MS, type LiveSample, type LiveVm } from './protocol';
import { between, lossOf } from './rates';
import { sentencesFor } from './sentences';
import { costOf, summarize, together } from './summary';

const seconds = (kernel: number, vmm: number) => ({ guest: 0, kernel, vmm, runqueue: 9, blocked: 9 });
const vm = (packets: number, more: Partial<LiveVm> = {}): LiveVm => ({
  vm: 'a',
  packets,
  drops: 0,
  userspaceExits: 0,
  ...more,
});
const sample = (t: number, vms: LiveVm[], exitTiming = true): LiveSample => ({ t, exitTiming, vms });

describe('the history', () => {
  test('keeps fifteen minutes', () => {
    const samples = [sample(0, []), sample(1000, [])];
    expect(keep(samples, sample(KEEP_MS, [])).map(({ t }) => t)).toEqual([0, 1000, KEEP_MS]);
    expect(keep(samples, sample(KEEP_MS + 1, [])).map(({ t }) => t)).toEqual([1000, KEEP_MS + 1]);
    expect(keep(samples, sample(9 * KEEP_MS, [])).map(({ t }) => t)).toEqual([9 * KEEP_MS]);
  });

  test('takes no sample twice', () => {
    const samples = [sample(1000, [])];
    expect(keep(samples, sample(1000, []))).toBe(samples);
  });
});

describe('rates', () => {
  test('are the differences of neighbours', () => {
    const before = sample(1000, [vm(100, { drops: 10, seconds: seconds(1, 2), exits: { io: 5 } })]);
    const after = sample(3000, [
      vm(300, { drops: 30, seconds: seconds(1.5, 2.25), exits: { io: 9, msr: 2 } }),
    ]);
    expect(between(before, after, 'a')).toEqual({
      seconds: 2,
      packets: 200,
      drops: 20,
      cost: 0.75,
      exits: { io: 4, msr: 2 },
      userspaceExits: 0,
    });
  });

  test.each([
    ['packets', vm(99, { seconds: seconds(1, 1) })],
    ['drops', vm(100, { drops: -1, seconds: seconds(1, 1) })],
    ['kernel seconds', vm(100, { seconds: seconds(0.5, 1) })],
    ['vmm seconds', vm(100, { seconds: seconds(1, 0.5) })],
    ['userspace exits', vm(100, { userspaceExits: -1 })],
    ['a class', vm(100, { exits: { io: 4 } })],
    ['a class that went away', vm(100, { exits: {} })],
  ])('a fall of %s means a new start', (_, after) => {
    const before = sample(0, [vm(100, { seconds: seconds(1, 1), exits: { io: 5 } })]);
    expect(between(before, sample(1000, [after]), 'a')).toBeNull();
  });

  test('a VM that is missing in one of the two has none', () => {
    expect(between(sample(0, []), sample(1000, [vm(1)]), 'a')).toBeNull();
    expect(between(sample(0, [vm(1)]), sample(1000, []), 'a')).toBeNull();
  });

  test('nothing offered, no loss', () => {
    expect(lossOf({ packets: 0, drops: 0 })).toBeNull();
    expect(lossOf({ packets: 3, drops: 1 })).toBe(0.25);
  });
});

const values = (samples: LiveSample[], query: string, only?: string) =>
  framesOf(samples, only)
    .filter(({ refId }) => refId === query)
    .map(({ fields }) => ({ labels: fields[1]!.labels, values: fields[1]!.values }));

describe('frames', () => {
  const timed = [
    sample(0, [vm(0, { seconds: seconds(0, 0), exits: { io: 0 } })]),
    sample(1000, [vm(1000, { drops: 1000, seconds: seconds(0.1, 0.1), exits: { io: 10 } })]),
    sample(3000, [vm(5000, { drops: 1000, seconds: seconds(0.3, 0.3), exits: { io: 50 } })]),
    sample(4000, []),
    sample(5000, [vm(7, { seconds: seconds(0, 0), exits: { io: 0 } })]),
  ];

  test('carry a value per pair of samples and null in gaps', () => {
    expect(values(timed, 'throughput')).toEqual([{ labels: { vm: 'a' }, values: [1000, 2000, null, null] }]);
    expect(values(timed, 'loss')[0]!.values).toEqual([0.5, 0, null, null]);
    expect(values(timed, 'cost')[0]!.values).toEqual([0.2, (0.3 - 0.1 + (0.3 - 0.1)) / 2, null, null]);
    expect(values(timed, 'exits')).toEqual([
      { labels: { vm: 'a', class: 'io' }, values: [10, 20, null, null] },
    ]);
    expect(framesOf(timed)[0]!.fields[0]!.values).toEqual([1000, 3000, 4000, 5000]);
  });

  test('count exits that reached the VMM where nothing is timed', () => {
    const untimed = [sample(0, [vm(0)], false), sample(1000, [vm(10, { userspaceExits: 5 })], false)];
    expect(values(untimed, 'cost')).toEqual([]);
    expect(values(untimed, 'exits')).toEqual([{ labels: { vm: 'a' }, values: [5] }]);
  });

  test('of one VM only', () => {
    const two = [sample(0, [vm(0), vm(0, { vm: 'b' })]), sample(1000, [vm(1), vm(2, { vm: 'b' })])];
    expect(values(two, 'throughput').map(({ labels }) => labels)).toEqual([{ vm: 'a' }, { vm: 'b' }]);
    expect(values(two, 'throughput', 'b')).toEqual([{ labels: { vm: 'b' }, values: [2] }]);
  });

  test('of nothing are none', () => {
    expect(framesOf([])).toEqual([]);
    expect(framesOf([sample(0, [vm(0)])])[0]!.length).toBe(0);
  });
});

describe('the last minute', () => {
  const samples = [0, 30_000, 60_000, 90_000].map((t) =>
    sample(t, [
      vm(t, { drops: t / 9, seconds: seconds(t * 1e-6, t * 1e-6), exits: { io: t / 100, msr: t / 100 } }),
      vm(2 * t, { vm: 'b', userspaceExits: t / 50 }),
    ]),
  );

  test('per VM', () => {
    const [a, b] = summarize(samples);
    expect(a).toMatchObject({ vm: 'a', packetsPerSecond: 1000, exitsPerSecond: 20 });
    expect(a!.loss).toBeCloseTo(0.1, 12);
    expect(a!.secondsPerPacket).toBeCloseTo(2e-6, 12);
    expect(b).toMatchObject({
      vm: 'b',
      packetsPerSecond: 2000,
      exitsPerSecond: 20,
      loss: 0,
      secondsPerPacket: null,
    });
  });

  test('together, weighted by packets', () => {
    const all = together(summarize(samples));
    expect(all.packetsPerSecond).toBe(3000);
    expect(all.loss).toBeCloseTo(1000 / 9 / (3000 + 1000 / 9), 12);
    expect(all.secondsPerPacket).toBeCloseTo(2e-6, 12);
    expect(together([]).loss).toBeNull();
  });

  test('costs exits where time is not known', () => {
    const [a, b] = summarize(samples);
    expect(costOf(a!).kind).toBe('seconds');
    expect(costOf(b!)).toEqual({ kind: 'exits', perPacket: 0.01 });
    expect(summarize([])).toEqual([]);
  });
});

describe('sentences', () => {
  const newest = sample(0, [vm(0)]);
  test.each([
    [{ state: 'live', newest, vms: 1 }, []],
    [{ state: 'connecting', newest: undefined, vms: 0 }, ['Connecting to the exporter.']],
    [{ state: 'live', newest: undefined, vms: 0 }, [/^No virtual machine was seen yet/, /npm run lab/]],
    [{ state: 'lost', newest, vms: 1 }, [/was lost.*reconnects by itself/]],
    [{ state: 'lost', newest: undefined, vms: 0 }, [/does not answer.*tries again by itself/]],
    [
      { state: 'live', newest: sample(0, [vm(0)], false), vms: 1 },
      [/^Exit timing is not available on this machine: showing exits per packet/],
    ],
  ] as const)('%j', (known, expected) => {
    const lines = sentencesFor(known);
    expect(lines).toHaveLength(expected.length);
    lines.forEach((line, i) => expect(line).toMatch(expected[i]!));
  });
});
