import { FieldType, ThresholdsMode, toDataFrame, type DataFrame, type FieldDTO } from '@grafana/data';
import { describe, expect, test } from 'vitest';
import { CAPTURE_ROLES, readCapture } from './capture/capture';
import { readPath } from './capture/path';
import { explain, find } from './capture/reading';
import { readSeries } from './capture/series';
import { readSpending } from './capture/spending';
import { formatsOf } from './parts/formats';
import { limitsOf } from './parts/limits';
import { describeFindings, findingsOf } from './views/correlationFindings';
import { describeCover, describeWay } from './views/pathModel';
import { describeMoments, momentsOf } from './views/timelineModel';

/** Frames as data sources send them, read as the panel reads them. */

const BEGIN = Date.UTC(2026, 10, 22, 9, 0, 0);
const STEP = 20_000;
type Values = ReadonlyArray<number | string | null>;
type Labels = Readonly<Record<string, string>>;

const timesOf = (count: number) => Array.from({ length: count }, (_, i) => BEGIN + i * STEP);

interface More {
  readonly times?: readonly number[];
  readonly meta?: DataFrame['meta'];
  readonly config?: FieldDTO['config'];
  readonly name?: string;
}

function frame(refId: string, values: Values, labels: Labels = { vm: 'a' }, more: More = {}): DataFrame {
  const { times = timesOf(values.length), meta, config = {}, name } = more;
  return toDataFrame({
    refId,
    ...(meta && { meta }),
    ...(name && { name }),
    fields: [
      { name: 'Time', type: FieldType.time, values: [...times] },
      { name: 'Value', type: FieldType.number, values: [...values], labels, config },
    ],
  });
}

const plain = (text: string) => text.replaceAll('\u202f', ' ');

const foundIn = (frames: readonly DataFrame[]) => find(readSeries(frames));

function capture(frames: readonly DataFrame[]) {
  const { data, problem, remarks } = readCapture(foundIn(frames));
  if (!data) {
    throw new Error(`${problem!.missing} ${problem!.remedy}`);
  }
  return { capture: data, remarks };
}

function timeline(frames: readonly DataFrame[]): string {
  const { capture: read } = capture(frames);
  return plain(Object.values(describeMoments(momentsOf(read), read)).join(' '));
}

function correlation(frames: readonly DataFrame[]): string {
  const { capture: read } = capture(frames);
  const findings = findingsOf(read, ['leastSquares']);
  return plain(describeFindings(findings, 0, read, ['leastSquares'], formatsOf(read)).result);
}

const rangeOf = (count: number) => ({ from: BEGIN, to: BEGIN + (count - 1) * STEP });

/** How the panel explains what it read. */
const explanation = (frames: readonly DataFrame[]) =>
  explain(foundIn(frames), CAPTURE_ROLES, capture(frames).remarks);

/** 2 µs for each of 500 to 4000 packets/s. */
const LOAD = [500, 1000, 1500, 2000, 2500, 3000, 3500, 4000];
const COST = LOAD.map((x) => x * 2e-6);
/** LOAD and COST have a mean of 2250 packets/s at 2 µs. */
const ALONE = '2 000 ns per packet on average: 2.25 k packets/s';

describe('Grafana’s time comparison', () => {
  const yesterday = (times: readonly number[]) => times.map((time) => time - 86_400_000);
  const shifted = { diffMs: -86_400_000, isTimeShiftQuery: true };
  const now = [frame('throughput', LOAD), frame('cost', COST)];
  const earlier = { times: yesterday(timesOf(8)), meta: { timeCompare: shifted } };

  test.each([
    ['not yet aligned', earlier],
    ['aligned to the present', { meta: { timeCompare: shifted } }],
    ['marked in its fields alone', { config: { custom: { timeCompare: shifted } } }],
    ['known by its name alone', {}],
  ])('%s adds nothing', (_, more) => {
    const compared = [
      frame('throughput-compare', LOAD, undefined, more),
      frame('cost-compare', COST, undefined, more),
    ];
    expect(timeline([...now, ...compared])).toBe(ALONE);
  });

  test('is explained', () => {
    expect(explanation([...now, frame('cost-compare', COST, undefined, earlier)])).toContain(
      'Not used: “cost-compare” — it belongs to the earlier time range that Grafana compares with.',
    );
  });

  test('adds nothing to packets on the path and time spent', () => {
    const stage = { vm: 'a', stage: 'tap' };
    const read = (frames: DataFrame[]) => readPath(foundIn(frames), rangeOf(3)).data!.ways[0]!.worst;
    const once = [frame('carried', [75, 75, 75], stage), frame('dropped', [25, 25, 25], stage)];
    const again = [frame('carried-compare', [60, 60, 60], stage, earlier)];
    // 75 packets/s for two steps of 20 s.
    expect(read([...once, ...again])).toMatchObject({ carried: 3000, dropped: 1000, lost: 0.25 });
    const spent = readSpending(
      foundIn([...now, frame('cost-compare', COST, undefined, earlier)]),
      rangeOf(8),
      1,
    );
    expect(spent.data!.vms[0]!.ns).toBeCloseTo(2000, 9);
  });
});

test('exemplars are no rates', () => {
  const event = { name: 'exemplar', times: [BEGIN + STEP] };
  expect(
    timeline([frame('throughput', LOAD), frame('cost', COST), frame('cost', [0.7], { vm: 'a' }, event)]),
  ).toBe(ALONE);
});

describe('times that come twice', () => {
  const twice = timesOf(8).flatMap((time) => [time, time]);
  const doubled = (values: readonly number[]) => values.flatMap((value) => [value - 100, value + 100]);

  test('are averaged, and that is said', () => {
    const frames = [frame('throughput', doubled(LOAD), undefined, { times: twice }), frame('cost', COST)];
    // x − 100 and x + 100 are x on average.
    expect(capture(frames).capture.intervals.map(({ x }) => x)).toEqual(LOAD);
    expect(timeline(frames)).toBe(ALONE);
    expect(explanation(frames)).toContain(
      '8 samples of throughput share their time with another one of the same series, and are averaged.',
    );
  });

  test('with one of them empty are the other', () => {
    const frames = [
      frame(
        'throughput',
        LOAD.flatMap((value) => [null, value]),
        undefined,
        { times: twice },
      ),
      frame('cost', COST),
    ];
    expect(timeline(frames)).toBe(ALONE);
  });

  test('or that are no times at all do not empty the panel', () => {
    const times = [...timesOf(8).slice(0, 4), NaN, ...timesOf(8).slice(4)];
    const values = [...LOAD.slice(0, 4), 9e9, ...LOAD.slice(4)];
    expect(timeline([frame('throughput', values, undefined, { times }), frame('cost', COST)])).toBe(ALONE);
  });
});

describe('numbers at the ends of the range of a double', () => {
  test.each([5e-324, 2e-308, 1e-200, 1e-100])('%s packets/s are none', (tiny) => {
    const frames = [
      frame(
        'throughput',
        LOAD.map((_, i) => tiny * i),
      ),
      frame(
        'cost',
        LOAD.map((_, i) => tiny * i),
      ),
    ];
    expect(correlation(frames)).toBe('No line');
    expect(timeline(frames)).toBe('No packets in 8 intervals');
  });

  test.each([1e308, 1e200, Infinity])('%s is no rate', (huge) => {
    const frames = [frame('throughput', [...LOAD, huge]), frame('cost', [...COST, huge])];
    expect(timeline(frames)).toBe(ALONE);
  });

  test('rates as far apart as 1e-50 and 1e50 still have a line', () => {
    const frames = [
      frame(
        'throughput',
        LOAD.map((x) => x * 1e47),
      ),
      frame(
        'cost',
        LOAD.map((x) => x * 1e-53),
      ),
    ];
    const { each, pearson } = findingsOf(capture(frames).capture, []);
    expect(each[0]!.leastSquares).toMatchObject({ kind: 'line', slope: expect.closeTo(1e-100, 110) });
    expect(pearson.r).toBeCloseTo(1, 9);
  });
});

describe('a threshold in percent', () => {
  const thresholds = (mode: ThresholdsMode) => ({
    mode,
    steps: [
      { value: -Infinity, color: 'green' },
      { value: 25, color: 'red' },
    ],
  });
  const valuesOf = (mode: ThresholdsMode, ends: { min?: number; max?: number }) => {
    const config = { ...ends, thresholds: thresholds(mode), custom: { thresholdsStyle: { mode: 'line' } } };
    const { capture: read } = capture([
      frame('throughput', LOAD, undefined, { config }),
      frame('cost', COST),
    ]);
    return limitsOf(read, 'throughput', LOAD)!.thresholds.steps.map(({ value }) => value);
  };

  test('is a part of the way from Min to Max', () => {
    // 1000 + 25 % of 8000.
    expect(valuesOf(ThresholdsMode.Percentage, { min: 1000, max: 9000 })).toEqual([-Infinity, 3000]);
  });

  test('without these, from the least to the largest value', () => {
    // 500 + 25 % of 3500; 0 + 25 % of 4000.
    expect(valuesOf(ThresholdsMode.Percentage, {})).toEqual([-Infinity, 1375]);
    expect(valuesOf(ThresholdsMode.Percentage, { min: 0 })).toEqual([-Infinity, 1000]);
  });

  test('is not asked of an absolute one', () => {
    expect(valuesOf(ThresholdsMode.Absolute, { min: 1000, max: 9000 })).toEqual([-Infinity, 25]);
  });
});

describe('transformed frames', () => {
  const joined = (refId: string, columns: ReadonlyArray<readonly [Values, Labels]>) =>
    toDataFrame({
      refId,
      fields: [
        { name: 'Time', type: FieldType.time, values: timesOf(8) },
        ...columns.map(([values, labels]) => ({
          name: 'Value',
          type: FieldType.number,
          values: [...values],
          labels,
        })),
      ],
    });

  test('“Join by field” keeps the queries in the order of its fields', () => {
    const frames = [
      joined('joinByField-throughput-throughput-cost-cost', [
        [LOAD, { vm: 'a' }],
        [LOAD, { vm: 'b' }],
        [COST, { vm: 'a' }],
        [COST, { vm: 'b' }],
      ]),
    ];
    expect(timeline(frames)).toBe('2 000 ns per packet on average: 2 VMs together, 4.5 k packets/s');
  });

  test('with a comparison too', () => {
    const columns = [LOAD, COST, LOAD, COST].map((values) => [values, { vm: 'a' }] as const);
    expect(timeline([joined('joinByField-throughput-cost-throughput-compare-cost-compare', columns)])).toBe(
      ALONE,
    );
  });

  test.each(['joinByField-a-b-c', 'merge-throughput-cost', 'seriesToRows-throughput-cost'])(
    '%s gets advice that is not followed yet',
    (refId) => {
      const { problem } = readCapture(
        foundIn([
          joined(refId, [
            [LOAD, {}],
            [COST, {}],
          ]),
        ]),
      );
      expect(problem).toEqual({
        missing: `No throughput and no cost: a transformation has replaced the names of the queries by “${refId}”.`,
        remedy:
          'Remove the transformation, which this panel does not need, or rename its fields to “throughput” and “cost” with “Organize fields by name”.',
      });
    },
  );

  test('numbers that are written as text are numbers', () => {
    const text = toDataFrame({
      refId: 'throughput',
      fields: [
        { name: 'Time', type: FieldType.time, values: timesOf(8) },
        { name: 'Value', type: FieldType.string, values: LOAD.map(String) },
      ],
    });
    expect(timeline([text, frame('cost', COST, {})])).toBe(ALONE);
  });
});

describe('parts of the range without samples', () => {
  const carried = (stage: string, labels: Labels = { vm: 'a' }) =>
    frame('carried', Array<number>(10).fill(300), { ...labels, stage });
  const dropped = (stage: string, samples: number, rate: number) =>
    frame(
      'dropped',
      Array<number>(samples).fill(rate),
      { vm: 'a', stage },
      { times: timesOf(10).slice(-samples) },
    );

  test('are said of a stage though others are complete', () => {
    const frames = [
      ...[carried('tap'), dropped('tap', 3, 100)],
      ...[carried('guest_nic'), dropped('guest_nic', 10, 0)],
    ];
    const { data } = readPath(foundIn(frames), rangeOf(10));
    // Three samples of 20 s in 180 s: a third. Of 400 packets/s in these, 100 are lost.
    expect(plain(describeCover(data!.ways[0]!, 180))).toBe(
      'Sampled Tap 33.3 % of the time range; no samples for the rest.',
    );
    expect(plain(describeWay(data!.ways[0]!, data!).result)).toBe('25.0 %');
  });

  test('are said once where every stage lacks them', () => {
    const frames = [carried('tap'), dropped('tap', 3, 100), carried('socket'), dropped('socket', 3, 0)];
    const { data } = readPath(foundIn(frames), rangeOf(10));
    expect(plain(describeCover(data!.ways[0]!, 180))).toBe(
      'Sampled 33.3 % of the time range; no samples for the rest.',
    );
  });
});

describe('which VM a series is of', () => {
  const pair = (labels: Labels, ns: number, values = LOAD) => [
    frame('throughput', values, labels),
    frame(
      'cost',
      values.map((x) => x * ns * 1e-9),
      labels,
    ),
  ];
  /** Nanoseconds of a packet by VM, from the first interval. */
  const costs = (frames: readonly DataFrame[]) => {
    const { intervals } = capture(frames).capture;
    return intervals
      .filter(({ time }) => time === BEGIN)
      .map(({ vm, x, y }) => [vm, Math.round((y! / x!) * 1e9)]);
  };

  test('VMs of one name on two hosts are two', () => {
    const frames = [
      ...pair({ vm: 'ids', instance: 'hv1.lan:9750' }, 500),
      ...pair({ vm: 'ids', instance: 'hv2.lan:9750' }, 4000, LOAD.toReversed()),
      ...pair({ vm: 'fw', instance: 'hv2.lan:9750' }, 700),
    ];
    expect(costs(frames)).toEqual([
      ['fw', 700],
      ['ids (hv1)', 500],
      ['ids (hv2)', 4000],
    ]);
    expect(capture(frames).remarks).toEqual([
      'VMs are told apart by the labels “vm” and “instance”.',
      'VMs named “ids” run on 2 hosts: hv1.lan:9750, hv2.lan:9750.',
    ]);
  });

  test('hosts are shortened only as far as that tells them apart, and names stay unique', () => {
    const at = (vm: string, instance: string, ns: number) => pair({ vm, instance }, ns);
    expect(costs([...at('a', '10.0.0.1:9750', 10), ...at('a', '10.0.0.2:9750', 20)])).toEqual([
      ['a (10.0.0.1)', 10],
      ['a (10.0.0.2)', 20],
    ]);
    expect(
      costs([...at('a', 'hv.one:1', 10), ...at('a', 'hv.two:1', 20), ...pair({ vm: 'a (hv.one)' }, 30)]),
    ).toEqual([
      ['a (hv.one)', 30],
      ['a (hv.one:1)', 10],
      ['a (hv.two)', 20],
    ]);
  });

  test('a series counted elsewhere goes by its name alone', () => {
    const frames = [
      frame('throughput', LOAD, { vm: 'a', instance: 'hv1' }),
      frame('cost', COST, { vm: 'a', instance: 'other-exporter' }),
      frame(
        'loss',
        LOAD.map(() => 0.5),
        { vm: 'a', instance: 'a-itself' },
      ),
    ];
    expect(timeline(frames)).toBe(`${ALONE}; loss up to 50 %`);
  });

  test('one series without a VM leaves the others apart, and is named', () => {
    const frames = [...pair({ vm: 'a' }, 500), ...pair({ vm: 'b' }, 4000), frame('throughput', LOAD, {})];
    expect(costs(frames)).toEqual([
      ['a', 500],
      ['b', 4000],
    ]);
    expect(capture(frames).remarks).toContain(
      'Left out, because it does not tell which VM: 1 series of throughput (“throughput”).',
    );
  });

  test.each([
    ['domain', 'cost'],
    ['guest', 'cost'],
    ['VM', 'throughput'],
    ['Domain', 'throughput'],
  ])('the label “%s” of %s names the same VM as “vm” of the other', (label, odd) => {
    const named = (query: string, vm: string): Labels => ({ [query === odd ? label : 'vm']: vm });
    const of = (vm: string, ns: number) => [
      frame('throughput', LOAD, named('throughput', vm)),
      frame(
        'cost',
        LOAD.map((x) => x * ns * 1e-9),
        named('cost', vm),
      ),
    ];
    expect(costs([...of('a', 500), ...of('b', 4000)])).toEqual([
      ['a', 500],
      ['b', 4000],
    ]);
  });

  test('a query without VMs is of the only one that the other names', () => {
    expect(costs([frame('throughput', LOAD, {}), frame('cost', COST, { vm: 'a' })])).toEqual([['a', 2000]]);
  });

  test('a query without VMs fits none of several', () => {
    const two = [frame('cost', COST, { vm: 'a' }), frame('cost', COST, { vm: 'b' })];
    expect(readCapture(foundIn([frame('throughput', LOAD, {}), ...two])).problem!.missing).toBe(
      'Throughput and cost never belong to the same VM (label “vm”).',
    );
  });

  test('the CPUs of a VM are those of its own host', () => {
    const on = (instance: string, cores: number) => [
      ...pair({ vm: 'a', instance }, 1000),
      frame(
        'cores',
        LOAD.map(() => cores),
        { vm: 'a', instance },
      ),
    ];
    const { data } = readSpending(foundIn([...on('hv1', 2), ...on('hv2', 8)]), rangeOf(8), 1);
    expect(data!.vms.map(({ vm, cores }) => [vm, cores])).toEqual([
      ['a (hv1)', 2],
      ['a (hv2)', 8],
    ]);
  });
});

describe('the path of VMs on several hosts', () => {
  const at = (instance: string, stage: string, carried: number, dropped: number, labels: Labels = {}) => [
    frame('carried', [carried, carried], { instance, stage, ...labels }),
    frame('dropped', [dropped, dropped], { instance, stage, ...labels }),
  ];
  const lossesOf = (frames: DataFrame[]) =>
    readPath(foundIn(frames), rangeOf(2)).data!.ways.map(({ vm, steps }) => [
      vm,
      ...steps.flatMap(({ stage, lost }) => (lost === null ? [] : [`${stage} ${lost}`])),
    ]);

  test('has the stages of each VM’s own host', () => {
    const frames = [
      ...at('hv1', 'nic_driver', 60, 40),
      ...at('hv2', 'nic_driver', 100, 0),
      ...at('hv1', 'tap', 90, 10, { vm: 'ids' }),
      ...at('hv2', 'tap', 50, 50, { vm: 'ids' }),
      ...at('hv2', 'tap', 100, 0, { vm: 'fw' }),
    ];
    // hv1: 0.6 · 0.9 arrive; hv2: 0.5.
    expect(lossesOf(frames)).toEqual([
      ['ids (hv2)', 'nic_driver 0', 'tap 0.5'],
      ['ids (hv1)', 'nic_driver 0.4', 'tap 0.1'],
      ['fw', 'nic_driver 0', 'tap 0'],
    ]);
  });

  test('a VM counted inside by an exporter of its own stays one', () => {
    const frames = [
      ...at('hv1', 'nic_driver', 60, 40),
      ...at('hv1', 'tap', 90, 10, { vm: 'ids' }),
      ...at('ids.lan', 'socket', 80, 20, { vm: 'ids' }),
    ];
    expect(lossesOf(frames)).toEqual([['ids', 'nic_driver 0.4', 'tap 0.1', 'socket 0.2']]);
  });

  test('a VM that does not tell its host gets no other’s loss', () => {
    const frames = [
      ...at('hv1', 'nic_driver', 60, 40),
      ...at('hv2', 'nic_driver', 100, 0),
      frame('carried', [90, 90], { vm: 'ids', stage: 'tap' }),
      frame('dropped', [10, 10], { vm: 'ids', stage: 'tap' }),
    ];
    expect(lossesOf(frames)).toEqual([['ids', 'tap 0.1']]);
    expect(readPath(foundIn(frames), rangeOf(2)).remarks).toContain(
      'Stages of several hosts are left out of the way of VMs that do not tell their host.',
    );
  });

  test('hosts without VMs have a way each', () => {
    expect(lossesOf([...at('hv1', 'softnet', 60, 40), ...at('hv2', 'softnet', 90, 10)])).toEqual([
      ['hv1', 'softnet 0.4'],
      ['hv2', 'softnet 0.1'],
    ]);
  });
});

describe('the capture sockets of several processes', () => {
  const socket = (process: string | null, carried: number, dropped: number) => {
    const labels = { vm: 'ids', stage: 'socket', ...(process !== null && { process }) };
    return [frame('carried', [carried, carried], labels), frame('dropped', [dropped, dropped], labels)];
  };
  const tap = [
    frame('carried', [800, 800], { vm: 'ids', stage: 'tap' }),
    frame('dropped', [200, 200], { vm: 'ids', stage: 'tap' }),
  ];
  const way = (frames: DataFrame[]) => {
    const { data } = readPath(foundIn(frames), rangeOf(2));
    return { ...data!.ways[0]!, path: data! };
  };

  test('are a step each, side by side', () => {
    const { steps, worst, path } = way([...tap, ...socket('zeek', 800, 0), ...socket('suricata', 0, 700)]);
    const sockets = steps.filter(({ stage }) => stage === 'socket');
    // Each has its own copy: one gets all that is left of the tap, the other nothing.
    expect(sockets).toMatchObject([
      { process: 'zeek', carried: 16_000, dropped: 0, lost: 0, before: 0.8, after: 0.8 },
      { process: 'suricata', carried: 0, dropped: 14_000, lost: 1, before: 0.8, after: 0 },
    ]);
    expect(worst).toBe(sockets[1]);
    expect(plain(describeWay(path.ways[0]!, path).trust)).toContain(
      'of the packets for ids are lost at the capture socket of suricata',
    );
  });

  test('are one where not all tell their process', () => {
    const { steps } = way([...socket('zeek', 300, 0), ...socket(null, 0, 100)]);
    expect(steps.filter(({ stage }) => stage === 'socket')).toMatchObject([{ lost: 0.25 }]);
  });
});

describe('loss', () => {
  const flows = (delivered: number[], cost: number[], loss: Values, labels: Labels) => [
    frame('throughput', delivered, labels),
    frame('cost', cost, labels),
    frame('loss', loss, labels),
  ];
  const saidLoss = (frames: DataFrame[]) => timeline(frames).split('; ')[1];

  test('of all packets is all, however many VMs', () => {
    const a = flows([500, 0, 500], [1, 0, 1], [0, 1, 0], { vm: 'a' });
    const b = flows([500, 0, 500], [1, 0, 1], [0, 1, 0], { vm: 'b' });
    const c = flows([500, 500, 500], [1, 1, 1], [0, 0, 0], { vm: 'c' });
    expect(saidLoss(a)).toBe('loss up to 100 %');
    expect(saidLoss([...a, ...b])).toBe('loss up to 100 %');
    // What came to a is not known, so its loss stands for all.
    expect(saidLoss([...a, ...c])).toBe('loss up to 100 %');
  });

  test('of one VM among others is said beside that of all', () => {
    // a delivers 20 of 400, b 400 of 400: 380 of 800 are lost.
    const a = flows([500, 20, 500], [1, 1, 1], [0, 0.95, 0], { vm: 'a' });
    const b = flows([500, 400, 500], [1, 1, 1], [0, 0, 0], { vm: 'b' });
    expect(saidLoss([...a, ...b])).toBe('loss up to 47.5 %, of a alone 95 %');
  });

  const loss = (share: number, labels: Labels) =>
    frame(
      'loss',
      LOAD.map(() => share),
      { vm: 'a', ...labels },
    );
  const lossWith = (frames: DataFrame[]) =>
    capture([...frames, frame('cost', COST)]).capture.intervals[0]!.loss;
  const tap = (device: string, rate: number) =>
    frame(
      'throughput',
      LOAD.map(() => rate),
      { vm: 'a', device },
    );

  test('of several devices is weighted with what came to each', () => {
    // 50 of 100 on tap0 and 0 of 300 on tap1.
    const devices = [loss(0.5, { device: 'tap0' }), loss(0, { device: 'tap1' })];
    expect(lossWith([tap('tap0', 50), tap('tap1', 300), ...devices])).toBeCloseTo(50 / 400, 12);
  });

  test('of several parts whose packets are not known is the largest', () => {
    const parts = [loss(0.1, { queue: '0' }), loss(0.4, { queue: '1' })];
    expect(lossWith([frame('throughput', LOAD), ...parts])).toBe(0.4);
  });

  test('of stages that follow each other multiplies what is left', () => {
    // 0.9 · 0.5 arrive.
    const stages = [loss(0.1, { stage: 'tap' }), loss(0.5, { stage: 'socket' })];
    expect(lossWith([frame('throughput', LOAD), ...stages])).toBeCloseTo(0.55, 12);
  });

  test('outside 0 to 1 is left out and said', () => {
    const frames = flows([1, 1, 1, 1], [1, 1, 1, 1], [-0.3, 0.2, 1.4, 1 + 1e-12], { vm: 'a' });
    expect(capture(frames).capture.intervals.map((one) => one.loss)).toEqual([null, 0.2, null, 1]);
    expect(capture(frames).remarks).toContain(
      'Left out: 2 values of loss outside 0 to 1. Give a loss in percent the unit “percent”.',
    );
  });
});

describe('uneven sampling', () => {
  /** Thirty steps of 12 s and then eighty of 2 s. */
  const times = Array.from({ length: 111 }, (_, i) => BEGIN + 1000 * (i <= 30 ? 12 * i : 360 + 2 * (i - 30)));
  const slow = (i: number) => i <= 30;
  const frames = (values: (i: number) => number | null = () => 1000) => [
    frame(
      'throughput',
      times.map((_, i) => values(i)),
      undefined,
      { times },
    ),
    frame(
      'cost',
      times.map(() => 0.002),
      undefined,
      { times },
    ),
  ];

  test('has no gap, and each interval has its own length', () => {
    const moments = momentsOf(capture(frames()).capture);
    expect(moments.map(({ since, time }) => time - since)).toEqual(
      times.map((_, i) => (slow(i) ? 12_000 : 2000)),
    );
    expect(moments.every(({ x, y }) => x === 1000 && y === 0.002)).toBe(true);
  });

  test('counts a rate as long as it held', () => {
    // 372 s at 100 packets/s, the first interval among them, and 160 s at 3000: 517 200 in 532 s.
    expect(timeline(frames((i) => (slow(i) ? 100 : 3000)))).toContain('on average: 972 packets/s');
  });

  test('still has a gap where nothing was sampled', () => {
    const without = times.filter((time) => time <= BEGIN + 120_000 || time > BEGIN + 300_000);
    const holed = ['throughput', 'cost'].map((query) =>
      frame(
        query,
        without.map(() => 1),
        undefined,
        { times: without },
      ),
    );
    const gaps = momentsOf(capture(holed).capture).filter(({ x }) => x === null);
    expect(gaps.map(({ since }) => (since - BEGIN) / 1000)).toEqual([120]);
  });

  test('covers the whole range on the path', () => {
    const stage = { vm: 'a', stage: 'tap' };
    const ones = times.map(() => 100);
    const path = [frame('carried', ones, stage, { times }), frame('dropped', ones, stage, { times })];
    const range = { from: times[0]!, to: times.at(-1)! };
    const [way] = readPath(foundIn(path), range).data!.ways;
    expect(way!.worst).toMatchObject({ seconds: 520, carried: 52_000, dropped: 52_000 });
    expect(describeCover(way!, 520)).toBe('');
  });

  test('of one measure does not thin out the other', () => {
    const fine = Array.from({ length: 261 }, (_, i) => BEGIN + i * 2000);
    const mixed = [
      frame(
        'throughput',
        fine.map(() => 1000),
        undefined,
        { times: fine },
      ),
      frame(
        'cost',
        times.map(() => 0.002),
        undefined,
        { times },
      ),
    ];
    const { intervals } = capture(mixed).capture;
    expect(intervals.map(({ time }) => time)).toEqual(times);
    expect(intervals.every(({ x, y }) => x === 1000 && y === 0.002)).toBe(true);
  });

  test('of two VMs on one clock is added up where both have samples', () => {
    const late = times.slice(60);
    const second = ['throughput', 'cost'].map((query) =>
      frame(
        query,
        late.map(() => (query === 'cost' ? 0.002 : 1000)),
        { vm: 'b' },
        { times: late },
      ),
    );
    const moments = momentsOf(capture([...frames(), ...second]).capture);
    expect(moments.map(({ x }) => x)).toEqual(times.map((_, i) => (i < 60 ? 1000 : 2000)));
  });
});
