import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gauge, histogram } from './metric.js';
import { lineStarts, SeriesLines } from './series_lines.js';
import { byteString } from './text_bytes.js';

const load = gauge('trapline_load', 'Load.', ['vm', 'cpu']);

describe('lineStarts', () => {
  it.each([
    [gauge('trapline_up', 'Up.'), [], ['trapline_up ']],
    [load, ['a"b', '0'], ['trapline_load{vm="a\\"b",cpu="0"} ']],
    [
      histogram('trapline_waits', 'Waits.', ['vm'], [0.5]),
      ['a'],
      [
        'trapline_waits_bucket{le="0.5",vm="a"} ',
        'trapline_waits_bucket{le="+Inf",vm="a"} ',
        'trapline_waits_sum{vm="a"} ',
        'trapline_waits_count{vm="a"} ',
      ],
    ],
  ])('writes those of %o', (metric, values, starts) => {
    expect(lineStarts(metric, values)).toEqual(starts);
  });
});

/** Says series in one collection; what each gave. */
function say(lines: SeriesLines, ...series: string[][]): (string | undefined)[] {
  lines.begin();
  return series.map((values) => lines.take(values)?.[0]);
}

describe('SeriesLines', () => {
  it('gives a series once in a collection, and the same text in the next', () => {
    const lines = new SeriesLines(load);
    for (let i = 0; i < 2; i++)
      expect(say(lines, ['a', '0'], ['a', '1'], ['a', '0'])).toEqual([
        'trapline_load{vm="a",cpu="0"} ',
        'trapline_load{vm="a",cpu="1"} ',
        undefined,
      ]);
    expect(lines.known).toBe(2);
  });

  it('gives what no collection before has said as if it were new, whatever came and went', () => {
    const series = fc.uniqueArray(fc.tuple(fc.string({ maxLength: 2 }), fc.constantFrom('0', '1')), {
      selector: String,
    });
    fc.assert(
      fc.property(fc.array(series), (collections) => {
        const lines = new SeriesLines(load);
        for (const said of collections)
          expect(say(lines, ...said)).toEqual(said.map((values) => lineStarts(load, values)[0]));
      }),
    );
  });

  it('remembers no more than twice what is said, and a few', () => {
    const lines = new SeriesLines(load);
    const vms = (from: number, count: number): string[][] =>
      Array.from({ length: count }, (_, i) => [`vm${from + i}`, '0']);
    for (let i = 0; i < 50; i++) {
      say(lines, ['always', '0'], ...vms(i * 100, 100));
      expect(lines.known).toBeLessThanOrEqual(2 * 101 + 64 + 100);
    }
    say(lines, ['always', '0']);
    say(lines, ['always', '0']);
    expect(lines.known).toBe(1);
  });

  it('keeps one series for names that only lone surrogates tell apart', () => {
    const lines = new SeriesLines(load);
    expect(say(lines, ['\ud800', '0'], ['\udbff', '0'])).toEqual([
      byteString('trapline_load{vm="\ufffd",cpu="0"} '),
      undefined,
    ]);
    expect(lines.known).toBe(1);
  });
});
