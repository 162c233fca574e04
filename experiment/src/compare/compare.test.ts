import { expect, test } from 'vitest';
import { madeUpRun } from '../report/madeUp.testing.js';
import { compareRuns } from './pairs.js';
import { comparisonText } from './text.js';

const first = madeUpRun();
const faster = madeUpRun({ factor: 1.2 });

test('a run beside itself shows no difference', () => {
  const { pairs, onlyFirst, onlySecond, differences } = compareRuns(first, first);
  expect(pairs).toHaveLength(32);
  for (const { ratio, moved } of pairs) {
    expect(ratio!.mean).toBeCloseTo(1, 12);
    expect([ratio!.low! <= 1 && ratio!.high! >= 1, moved]).toEqual([true, []]);
  }
  expect([onlyFirst, onlySecond, differences]).toEqual([[], [], []]);
});

test('what a fifth more capacity changes, and where', () => {
  const { pairs } = compareRuns(first, faster);
  const guest = pairs.find(
    ({ at }) => at.platform === 'guest' && at.method === 'v3' && at.monitor === 'null' && at.size === 64,
  )!;
  // Rounding of packets, ten thousand a sample.
  expect(guest.ratio!.mean).toBeCloseTo(1.2, 4);
  expect(guest.moved[0]!.stage).toBe('tap');
  // 83 % of a fifth of 44 × 0.32 of 50 thousand.
  expect(guest.moved[0]!.rise).toBeCloseTo((-0.83 * 0.2 * 44 * 0.32) / 50, 3);
  const text = comparisonText(compareRuns(first, faster), 'before', 'after');
  expect(text).toMatch(/^guest v3 null single 64 +1\.20 +1\.\d\d to 1\.\d\d +more +the tap −4\.7, /m);
  expect(text).toContain('By chance alone about one in twenty of these 32 intervals misses.');
  expect(text).toMatch(/^host xdp null single 64 +1\.00 .* no sure difference +as before$/m);
});

test('what cannot be compared is said', () => {
  const small = madeUpRun({ sizes: [64], replications: 1, platforms: ['host'], monitors: ['null'] });
  small.environment = { ...small.environment, trapline: '0.2.0' };
  const text = comparisonText(compareRuns(small, first), 'a', 'b');
  expect(text).toContain('Different versions of Trapline: 0.2.0 and 0.1.0.');
  expect(text).toContain('The plans differ');
  expect(text).toContain('Only in b, so not compared: host plain null single 1518, ');
  expect(text).not.toContain('Only in a');
});

test('runs without a cell in common have nothing to say to each other', () => {
  const [host, guest] = (['host', 'guest'] as const).map((platform) => madeUpRun({ platforms: [platform] }));
  expect(comparisonText(compareRuns(host!, guest!), 'a', 'b')).toContain('The two have no cell in common.');
});

test('single measurements have a ratio and no verdict', () => {
  const [a, b] = [1, 1.2].map((factor) => madeUpRun({ factor, replications: 1 }));
  expect(comparisonText(compareRuns(a!, b!), 'a', 'b')).toMatch(/1\.20 +– +too little to tell/);
});
