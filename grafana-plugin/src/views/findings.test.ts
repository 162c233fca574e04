import { createTheme, FieldType, toDataFrame } from '@grafana/data';
import { describe, expect, test } from 'vitest';
import type { Capture, Interval } from '../capture/capture';
import { formatsOf } from '../parts/formats';
import { annotationsOf, during } from './annotations';
import { describeFindings, findingsOf, lagText } from './correlationFindings';
import { correlationModel } from './correlationModel';
import { CORRELATION_DEFAULTS } from './correlationOptions';
import { describeLags } from './lagsModel';
import { selectionOf } from './selection';
import { calculate } from './timelineOptions';
import { timesOf } from './times';

const theme = createTheme();
const STEP = 10_000;

function captureOf(
  xs: readonly number[],
  ys: readonly number[],
  times = xs.map((_, i) => i * STEP),
): Capture {
  const intervals = xs.map((x, i): Interval => ({
    vm: 'a',
    time: times[i]!,
    x,
    y: ys[i]!,
    loss: null,
    exits: [],
  }));
  return { kind: 'seconds', vms: ['a'], classes: [], intervals, hasLoss: false, sources: [] };
}

const thin = (text: string) => text.replaceAll('\u202f', ' ');

function note(capture: Capture): string {
  const findings = findingsOf(capture, ['leastSquares']);
  return thin(describeFindings(findings, 0, capture, ['leastSquares'], formatsOf(capture)).note);
}

/** Without a pattern, so that it correlates with no shift of itself. */
const noise = Array.from({ length: 60 }, (_, i) => 1000 + ((i * i * 7919 + i * 104_729) % 1009));

describe('findings in words', () => {
  test('a lag is said where it explains more than none', () => {
    expect(
      note(
        captureOf(
          noise,
          noise.map((_, i) => (noise[i - 3] ?? 1500) * 1e-6),
        ),
      ),
    ).toBe('They go together most closely where cost comes 30 s later (r = 1.0000).');
  });

  test('nothing is said where cost follows at once', () => {
    expect(
      note(
        captureOf(
          noise,
          noise.map((x) => x * 1e-6),
        ),
      ),
    ).toBe('');
  });

  test('a lag has its direction', () => {
    expect([0, 90_000, -STEP].map((lag) => thin(lagText(lag)))).toEqual([
      'at once',
      '90 s later',
      '10 s earlier',
    ]);
  });

  test('samples off the even grid are counted', () => {
    const times = noise.map((_, i) => i * STEP + (i % 3 === 2 ? 2000 : 0));
    const { lags } = findingsOf(
      captureOf(
        noise,
        noise.map((x) => x * 1e-6),
        times,
      ),
      [],
    );
    expect(thin(describeLags(lags).note)).toBe(
      '20 intervals lay off the even grid of 10 s and count at its nearest time.',
    );
  });

  test('a constant cost has no lag and says so', () => {
    const { lags } = findingsOf(
      captureOf(
        noise,
        noise.map(() => 1),
      ),
      [],
    );
    expect(describeLags(lags).result).toBe('No lag stands out');
    expect(describeLags(null).result).toBe('No lag stands out');
  });
});

describe('a selection', () => {
  const capture = captureOf([10, 50, 20, 30], [1, 5, 2, 3]);
  const formats = formatsOf(capture);
  const findings = findingsOf(capture, []);
  const model = correlationModel(capture, findings, CORRELATION_DEFAULTS, formats, theme, 'utc');
  const select = (x: [number, number], y: [number, number]) =>
    selectionOf(model, { x, y }, capture, formats, 'utc');

  test('reaches from the begin of its first interval to the end of its last', () => {
    expect(select([15, 35], [0, 9])!.range).toEqual({ from: STEP, to: 3 * STEP });
  });

  test('takes the step after the first interval for its length, where none is before it', () => {
    expect(select([5, 15], [0, 9])!.range).toEqual({ from: -STEP, to: 0 });
  });

  test('of one point has no slope', () => {
    expect(select([5, 15], [0, 9])!.text).toBe(
      '1 interval marked, 1969-12-31 23:59:50 to 1970-01-01 00:00:00',
    );
  });

  test('of nothing is none', () => {
    expect(select([100, 200], [0, 9])).toBeNull();
  });
});

test('a time belongs to the interval that ends at it or next after it', () => {
  const { timeOf, indexAt } = timesOf(Float64Array.of(3000, 1000, 2000));
  expect([0, 1000, 1001, 2500, 3000, 3001].map(indexAt)).toEqual([1, 1, 2, 0, 0, null]);
  expect(timeOf(0)).toBe(3000);
});

test('values in one number, gaps left out', () => {
  const values = [null, 4, 1, null, 7, null];
  expect((['mean', 'min', 'max', 'last'] as const).map((calc) => calculate(calc, values))).toEqual([
    4, 1, 7, 7,
  ]);
  expect(calculate('mean', [null])).toBeNull();
});

test('annotations are spans with words, and belong to the intervals they touch', () => {
  const frame = toDataFrame({
    fields: [
      { name: 'time', type: FieldType.time, values: [1000, 5000, null] },
      { name: 'timeEnd', type: FieldType.time, values: [1000, 9000, 1] },
      { name: 'text', type: FieldType.string, values: ['deployed', '', 'x'] },
      { name: 'color', type: FieldType.string, values: ['#123456', undefined, 'red'] },
    ],
  });
  const annotations = annotationsOf([frame], theme);
  expect(annotations).toMatchObject([
    { from: 1000, to: 1000, color: '#123456', text: 'deployed' },
    { from: 5000, to: 9000, text: 'Annotation' },
  ]);
  const touched = [
    [0, 1000],
    [1000, 2000],
    [4000, 5000],
    [6000, 7000],
    [9000, 9500],
  ] as const;
  expect(touched.map(([begin, end]) => during(annotations, begin, end).length)).toEqual([1, 0, 1, 1, 0]);
});
