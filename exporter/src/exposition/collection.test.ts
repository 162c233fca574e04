import { describe, expect, it } from 'vitest';
import { Collection, linesOf } from './collection.js';
import { counter, gauge, histogram } from './metric.js';

const packets = counter('trapline_packets_total', 'Packets.', ['vm']);
const waits = histogram('trapline_wait_seconds', 'Waits.', ['vm'], [1, 2]);

/** The lines of what was kept, by metric. */
const said = ({ families }: Collection): string[][] =>
  families.map(({ series }) =>
    series.flatMap(({ pieces }) => Buffer.concat(pieces).toString().split('\n').slice(0, -1)),
  );

describe('Collection', () => {
  it('keeps what is written, by metric', () => {
    const collection = new Collection(linesOf([packets, waits]));
    collection.histogram(waits, ['a'], [1, 0, 2], 7.5);
    collection.sample(packets, ['a'], 3);
    expect(collection.families.map(({ metric }) => metric)).toEqual([packets, waits]);
    expect(said(collection)).toEqual([
      ['trapline_packets_total{vm="a"} 3'],
      [
        ...['le="1",vm="a"} 1', 'le="2",vm="a"} 1', 'le="+Inf",vm="a"} 3'].map(
          (bucket) => `trapline_wait_seconds_bucket{${bucket}`,
        ),
        'trapline_wait_seconds_sum{vm="a"} 7.5',
        'trapline_wait_seconds_count{vm="a"} 3',
      ],
    ]);
    expect(collection.series).toBe(1 + 5);
    expect(collection.dropped).toBe(0);
  });

  it('drops and counts what exceeds the budget', () => {
    const collection = new Collection(linesOf([packets, waits]), 6);
    for (const vm of ['a', 'b']) collection.sample(packets, [vm], 1);
    collection.histogram(waits, ['a'], [1, 1, 1], 1); // five series: too many for the four that are left
    collection.sample(packets, ['c'], 1);
    expect([collection.series, collection.dropped]).toEqual([3, 5]);
  });

  it('takes a series once, also where only a lone surrogate tells two names apart', () => {
    const collection = new Collection(linesOf([packets]));
    collection.sample(packets, ['a\ud800'], 1);
    collection.sample(packets, ['a\udbff'], 2);
    expect(said(collection)).toEqual([['trapline_packets_total{vm="a\ufffd"} 1']]);
    expect(collection.dropped).toBe(1);
  });

  it('does not confuse label values that look alike when joined', () => {
    const pair = gauge('trapline_pair', 'Pair.', ['a', 'b']);
    const collection = new Collection(linesOf([pair]));
    collection.sample(pair, ['x,', 'y'], 1);
    collection.sample(pair, ['x', ',y'], 2);
    expect(said(collection)[0]).toHaveLength(2);
  });

  it('keeps pairs of surrogates', () => {
    const collection = new Collection(linesOf([packets]));
    collection.sample(packets, ['😀'], 1);
    expect(said(collection)).toEqual([['trapline_packets_total{vm="😀"} 1']]);
  });

  it.each([
    [
      'an undeclared metric',
      (c: Collection) => c.sample(gauge('trapline_x', 'X.'), [], 1),
      'is not among the metrics',
    ],
    ['too few labels', (c: Collection) => c.sample(packets, [], 1), 'got 0 label values, not 1'],
    ['too few buckets', (c: Collection) => c.histogram(waits, ['a'], [1, 2], 1), 'got 2 buckets, not 3'],
    [
      'a value for a histogram',
      (c: Collection) => c.sample(waits, ['a'], 1),
      'is a histogram and got a single value',
    ],
  ])('refuses %s', (_what, write, why) => {
    expect(() => write(new Collection(linesOf([packets, waits])))).toThrow(why);
  });
});
