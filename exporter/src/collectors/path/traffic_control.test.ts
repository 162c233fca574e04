import { describe, expect, it } from 'vitest';
import type { Filters, Qdisc } from '../../machine/index.js';
import { FilterDrops } from './filter_drops.js';
import { QdiscDrops } from './qdisc_drops.js';

const ROOT = 0xffff_ffff;
const handleOf = (major: number, minor = 0): number => major * 0x1_0000 + minor;

/** On the device 3, unless it is said. */
const qdisc = (kind: string, handle: number, parent: number, drops: number, device = 3): Qdisc => ({
  ...{ device, kind, handle, parent, drops, bytes: 0, backlog: drops % 10 },
});

const devices = new Set([3, 4]);

describe('QdiscDrops', () => {
  const follow = (drops: QdiscDrops, ...qdiscs: readonly Qdisc[]) =>
    [...drops.follow(qdiscs, devices)].map(([device, queueing]) => [
      device,
      queueing.drops,
      queueing.backlog,
    ]);

  it('takes the root of each device, which counts for those inside, and nothing of one without a queue', () => {
    const all = [
      qdisc('htb', handleOf(1), ROOT, 17),
      qdisc('pfifo', handleOf(10), handleOf(1, 10), 16),
      qdisc('noqueue', 0, ROOT, 0, 4),
      qdisc('clsact', 0xffff_0000, 0xffff_fff1, 99),
    ];
    expect(follow(new QdiscDrops(), ...all)).toEqual([[3, 17, 7]]);
  });

  it('goes on where 32 bits end', () => {
    const drops = new QdiscDrops();
    follow(drops, qdisc('tbf', handleOf(1), ROOT, 0xffff_fffe));
    expect(follow(drops, qdisc('tbf', handleOf(1), ROOT, 3))).toEqual([[3, 2 ** 32 + 3, 3]]);
  });

  it.each([
    ['has another number', qdisc('tbf', handleOf(2), ROOT, 200)],
    ['is of another kind', qdisc('htb', handleOf(1), ROOT, 200)],
  ])('adds one that takes the place of another and %s', (_, other) => {
    const drops = new QdiscDrops();
    follow(drops, qdisc('tbf', handleOf(1), ROOT, 100));
    expect(follow(drops, other)).toEqual([[3, 300, 0]]);
    expect(follow(drops, other)).toEqual([[3, 300, 0]]);
  });

  it('knows one with the same number by a count that fell', () => {
    const drops = new QdiscDrops();
    follow(drops, qdisc('tbf', handleOf(1), ROOT, 100));
    expect(follow(drops, qdisc('tbf', handleOf(1), ROOT, 40))).toEqual([[3, 140, 0]]);
  });

  it('knows one with the same number that has dropped more already by what it sent', () => {
    const drops = new QdiscDrops();
    follow(drops, { ...qdisc('tbf', handleOf(1), ROOT, 100), bytes: 9000 });
    expect(follow(drops, { ...qdisc('tbf', handleOf(1), ROOT, 120), bytes: 8000 })).toEqual([[3, 220, 0]]);
  });

  it('keeps the count while a device does not queue, and forgets it with the device', () => {
    const drops = new QdiscDrops();
    follow(drops, qdisc('tbf', handleOf(1), ROOT, 100));
    expect(follow(drops, qdisc('noqueue', 0, ROOT, 0))).toEqual([]);
    expect(follow(drops, qdisc('tbf', handleOf(2), ROOT, 1))).toEqual([[3, 101, 1]]);
    drops.follow([], new Set([4]));
    expect(follow(drops, qdisc('tbf', handleOf(3), ROOT, 5))).toEqual([[3, 5, 5]]);
  });

  it.each(['mq', 'mqprio'])('adds up the queues of %s itself, and keeps what one of them had', (kind) => {
    const drops = new QdiscDrops();
    const queue = (number: number, handle: number, dropped: number): Qdisc =>
      qdisc('tbf', handleOf(handle), handleOf(7, number), dropped);
    const root = qdisc(kind, handleOf(7), ROOT, 30);
    expect(follow(drops, root, queue(1, 11, 10), queue(2, 12, 20))).toEqual([[3, 30, 0]]);
    const inside = qdisc('pfifo', handleOf(30), handleOf(12, 1), 20);
    expect(follow(drops, root, queue(1, 21, 1), queue(2, 12, 25), inside)).toEqual([[3, 36, 0]]);
  });

  it('does not count twice what a queue had that goes out of sight and comes back', () => {
    const drops = new QdiscDrops();
    const root = qdisc('mq', 0, ROOT, 0);
    const queue = (number: number, dropped: number): Qdisc => qdisc('pfifo_fast', 0, number, dropped);
    expect(follow(drops, root, queue(1, 10), queue(2, 20))).toEqual([[3, 30, 0]]);
    expect(follow(drops, root, queue(1, 10))).toEqual([[3, 30, 0]]);
    expect(follow(drops, root, queue(1, 10), queue(2, 21))).toEqual([[3, 31, 0]]);
  });
});

describe('FilterDrops', () => {
  const none: Filters = { count: 0, drops: 0, programs: false };
  const actions = (drops: number): Filters => ({ count: 1, drops, programs: false });
  const program: Filters = { count: 1, drops: 0, programs: true };

  /** What came in and went out that was dropped, given what the qdisc counted and the filters of each direction at each look. */
  function follow(kind: string, ...looks: readonly [drops: number, receive: Filters, transmit: Filters][]) {
    let at = 0;
    const drops = new FilterDrops((_, direction) => looks[at]![direction === 'receive' ? 1 : 2]);
    return looks.map(([dropped], i) => {
      at = i;
      const { receive, transmit } = drops
        .follow([qdisc(kind, 0xffff_0000, 0xffff_fff1, dropped)], devices)
        .get(3)!;
      return [receive, transmit];
    });
  }

  it('takes those of an ingress qdisc for what comes in', () => {
    expect(follow('ingress', [5, none, none], [8, none, none])).toEqual([
      [5, 0],
      [8, 0],
    ]);
  });

  it('takes all for the only direction that has filters', () => {
    expect(follow('clsact', [5, program, none])).toEqual([[5, 0]]);
    expect(follow('clsact', [5, none, program])).toEqual([[0, 5]]);
  });

  it('tells directions apart by what actions count', () => {
    expect(follow('clsact', [30, actions(10), actions(20)], [45, actions(20), actions(25)])).toEqual([
      [10, 20],
      [20, 25],
    ]);
  });

  it('takes what no action counts for the direction that has a program, of two for what comes in', () => {
    expect(follow('clsact', [30, actions(10), program])).toEqual([[10, 20]]);
    expect(follow('clsact', [30, program, actions(10)])).toEqual([[20, 10]]);
    expect(follow('clsact', [30, program, program])).toEqual([[30, 0]]);
  });

  it('reads no filters while nothing is dropped', () => {
    const drops = new FilterDrops(() => {
      throw new Error('read');
    });
    const seen = drops.follow([qdisc('clsact', 0xffff_0000, 0xffff_fff1, 0)], devices);
    expect(seen.get(3)).toMatchObject({ receive: 0, transmit: 0 });
  });
});
