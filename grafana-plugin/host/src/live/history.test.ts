import { describe, expect, test } from 'vitest';
import type { LiveVm } from '../../../../exporter/src/live/protocol';
import { addTo, grown } from './counters';
import { extend, historyOf, KEEP_MS, KEEP_ROWS, NOTHING } from './history';
import { lastMinute, lossOf, waitedAtMost } from './minute';
import { sample, seconds, vm } from './samples.testing';
import { busiest, vmNames } from './subjects';
import { costOf, summarize, summarizeVm } from './summary';

describe('what grew', () => {
  test('is the difference of numbers at any depth; the rest stays', () => {
    const before = { name: 'a', n: 5, sockets: 9, parts: { x: 1 }, list: [1, 2] };
    const after = { name: 'a', n: 7, sockets: 3, parts: { x: 4, y: 2 }, list: [1, 5] };
    expect(grown(before, after)).toEqual({
      name: 'a',
      n: 2,
      sockets: 3,
      parts: { x: 3, y: 2 },
      list: [0, 3],
    });
  });

  test.each([
    ['a number', { n: 4 }],
    ['a number inside', { n: 5, parts: { x: 0 } }],
    ['an entry that went away', { n: 5, parts: {} }],
    ['a part that went away', { n: 5 }],
  ])('is unknown after a fall of %s', (_, after) => {
    expect(grown({ n: 5, parts: { x: 1 } }, after as { n: number; parts: { x: number } })).toBeNull();
  });

  test('leaves out what nobody counted before', () => {
    expect(grown({ n: 1 } as object, { n: 2, m: 9, parts: { x: 9 } })).toEqual({ n: 1 });
  });

  test('adds up', () => {
    const sum = { name: 'a', n: 1, sockets: 4, parts: { x: 1 }, list: [1, 2] };
    addTo(sum, { name: 'a', n: 2, sockets: 3, parts: { x: 3, y: 4 }, list: [5, 6] });
    expect(sum).toEqual({ name: 'a', n: 3, sockets: 4, parts: { x: 4, y: 4 }, list: [6, 8] });
  });
});

describe('the history', () => {
  test('keeps fifteen minutes', () => {
    const times = (ts: number[]) => historyOf(ts.map((t) => sample(t, []))).growths.map(({ t }) => t);
    expect(times([0, 1000, KEEP_MS])).toEqual([1000, KEEP_MS]);
    expect(times([0, 1000, KEEP_MS + 1000])).toEqual([KEEP_MS + 1000]);
  });

  test('keeps no more rows of VMs than a page can bear', () => {
    const most = 1000;
    const many = Array.from({ length: KEEP_ROWS / most }, (_, i) => vm(0, { vm: String(i) }));
    const samples = Array.from({ length: most + 2 }, (_, t) => sample(t, many));
    expect(historyOf(samples.slice(0, most + 1)).growths).toHaveLength(most);
    expect(historyOf(samples).growths).toHaveLength(most);
  });

  test('takes no sample twice', () => {
    const once = extend(NOTHING, sample(1000, []));
    expect(extend(once, sample(1000, []))).toEqual(once);
  });

  test('has nothing of a VM that is missing in one of two samples, or was started anew', () => {
    const grew = (before: LiveVm[], after: LiveVm[]) =>
      historyOf([sample(0, before), sample(1000, after)]).growths[0]!.vms.get('a');
    expect(grew([], [vm(1)])).toBeUndefined();
    expect(grew([vm(1)], [])).toBeUndefined();
    expect(grew([vm(2)], [vm(1)])).toBeUndefined();
    expect(grew([vm(1)], [vm(3)])).toEqual(vm(2));
  });
});

describe('the last minute', () => {
  const about = { vms: ['a', 'b'] };
  const { growths } = historyOf(
    [0, 30_000, 60_000, 90_000].map((t) =>
      sample(t, [
        vm(t, {
          drops: t / 9,
          seconds: { ...seconds(t * 1e-6, t * 1e-6), runqueue: t * 1e-4 },
          exits: { io: t / 100, msr: t / 100 },
          kicks: t / 2,
          injections: t / 4,
          vhost: { running: t * 2e-4, runqueue: 0 },
        }),
        vm(2 * t, { vm: 'b', userspaceExits: t / 50 }),
      ]),
    ),
  );

  test('of a VM', () => {
    const a = summarizeVm(growths, 'a');
    expect(a).toMatchObject({
      packetsPerSecond: 1000,
      exitsPerSecond: 20,
      exitsPerPacket: 0.02,
      kicksPerPacket: 0.5,
      injectionsPerPacket: 0.25,
    });
    expect(a.loss).toBeCloseTo(0.1, 12);
    expect(a.secondsPerPacket).toBeCloseTo(2e-6, 12);
    expect(a.vhost).toBeCloseTo(0.2, 12);
    expect(a.cpuWaits).toBeCloseTo(0.1, 12);
    expect(summarizeVm(growths, 'b')).toMatchObject({
      packetsPerSecond: 2000,
      exitsPerSecond: 20,
      loss: 0,
      secondsPerPacket: null,
      kicksPerPacket: null,
      vhost: null,
    });
  });

  test('of several, the cost only over the packets of those whose exits are timed', () => {
    const all = summarize(growths, about);
    expect(all.packetsPerSecond).toBe(3000);
    expect(all.loss).toBeCloseTo(1000 / 9 / (3000 + 1000 / 9), 12);
    expect(all.secondsPerPacket).toBeCloseTo(2e-6, 12);
    expect(summarize([], about)).toMatchObject({ packetsPerSecond: null, loss: null });
  });

  test('costs exits where time is not known', () => {
    expect(costOf(summarizeVm(growths, 'a')).kind).toBe('seconds');
    expect(costOf(summarizeVm(growths, 'b'))).toEqual({ kind: 'exits', perPacket: 0.01 });
  });

  test('leaves out older intervals, and those that counted less than the newest', () => {
    const parts = historyOf([
      sample(0, [vm(0)]),
      sample(10_000, [vm(1)]),
      sample(80_000, [vm(10)]),
      sample(90_000, [vm(100, { kicks: 7 })]),
      sample(100_000, [vm(200, { kicks: 57 })]),
    ]).growths;
    expect(lastMinute(parts, ({ vms }) => vms.get('a'))).toEqual({ seconds: 10, of: vm(100, { kicks: 50 }) });
    expect(lastMinute(parts.slice(0, 3), ({ vms }) => vms.get('a'))).toEqual({ seconds: 80, of: vm(99) });
  });

  test('knows how long most waited', () => {
    const waits = new Array<number>(23).fill(0);
    expect(waitedAtMost(waits, 0.99)).toBeNull();
    waits[1] = 98;
    waits[11] = 2;
    expect(waitedAtMost(waits, 0.98)).toBe(2 ** -20);
    expect(waitedAtMost(waits, 0.99)).toBe(2 ** -10);
    expect(waitedAtMost([...waits.slice(0, 22), 900], 0.99)).toBe(Infinity);
  });

  test('nothing offered, no loss', () => {
    expect(lossOf(0, 0)).toBeNull();
    expect(lossOf(3, 1)).toBe(0.25);
  });
});

test('a VM that has ended is listed while there is traffic of it in the history', () => {
  const history = historyOf([
    sample(0, [vm(0), vm(0, { vm: 'b' }), vm(0, { vm: 'idle' })]),
    sample(1000, [vm(5), vm(5, { vm: 'b' }), vm(0, { vm: 'idle' })]),
    sample(2000, [vm(5)]),
  ]);
  expect(vmNames(history)).toEqual(['a', 'b']);
  expect(vmNames({ ...history, growths: [] })).toEqual(['a']);
});

test('the busiest VMs are those that were offered most, by name', () => {
  const many = (n: number) => [vm(n), vm(3 * n, { vm: 'b' }), vm(0, { vm: 'c', drops: 2 * n })];
  const history = historyOf([sample(0, many(0)), sample(1000, many(5))]);
  const names = vmNames(history);
  expect(names).toEqual(['a', 'b', 'c']);
  expect(busiest(history, names, 2)).toEqual(['b', 'c']);
  expect(busiest(history, names, 3)).toEqual(names);
});
