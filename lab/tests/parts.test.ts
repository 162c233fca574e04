/** The parts of the lab that need no machine. */
import { describe, expect, it } from 'vitest';
import { quote } from '../command.js';
import { DEFAULT_SHAPE, meanRate } from '../guests/traffic-source.js';
import { newest } from '../kernel.js';
import { sumOf } from './metrics.js';

describe('newest', () => {
  it('compares numbers as numbers', () => {
    expect(newest('6.1', ['6.1.0-9-amd64', '6.1.0-56-amd64', '6.1.0-10-amd64'])).toBe('6.1.0-56-amd64');
  });

  it('takes neither another series nor cloud and real-time kernels', () => {
    const names = [
      '6.1.0-56-amd64',
      '6.12.117+deb12-amd64',
      '6.12.118+deb12-cloud-amd64',
      '6.12.118+deb12-rt-amd64',
    ];
    expect(newest('6.12', names)).toBe('6.12.117+deb12-amd64');
    expect(newest('6.12', ['6.1.0-56-amd64'])).toBeUndefined();
  });

  it("tells Debian 11's 6.1 and the backports from Debian 12's kernels", () => {
    const names = ['6.1.0-0.deb11.52-amd64', '6.1.0-57-amd64', '6.12.117+deb12-amd64', '7.3.4+deb13-amd64'];
    const arm = ['7.3.4+deb13-arm64', '7.3.4+deb13-rt-amd64', '7.10.1+deb13-amd64-dbg'];
    expect(newest('6.1', names)).toBe('6.1.0-57-amd64');
    expect(newest('6.1-deb11', names)).toBe('6.1.0-0.deb11.52-amd64');
    expect(newest('backports', [...names, ...arm, '6.12.117+deb13-amd64'])).toBe('7.3.4+deb13-amd64');
  });
});

describe('meanRate', () => {
  it('starts in the valley, peaks after half a period, and is the geometric mean between them', () => {
    expect(meanRate(DEFAULT_SHAPE, 0)).toBeCloseTo(200, 9);
    expect(meanRate(DEFAULT_SHAPE, 30)).toBeCloseTo(4000, 9);
    expect(meanRate(DEFAULT_SHAPE, 15)).toBeCloseTo(Math.sqrt(200 * 4000), 9);
  });
});

describe('sumOf', () => {
  const text =
    'a_total{vm="x",class="io"} 3\na_total{vm="x",class="halt"} 1\na_total{vm="}\\" y",class="io"} 5\nb 7\n';

  it('adds the samples that carry the labels', () => {
    expect(sumOf(text, 'a_total', { vm: 'x' })).toBe(4);
    expect(sumOf(text, 'a_total', { class: 'io' })).toBe(8);
    expect(sumOf(text, 'a_total', { vm: '}\\" y' })).toBe(5);
    expect(sumOf(text, 'b', {})).toBe(7);
    expect(sumOf(text, 'c', {})).toBe(0);
  });
});

describe('quote', () => {
  it('keeps every word one word', () => {
    expect(quote(`it's $HOME`)).toBe(`'it'\\''s $HOME'`);
  });
});
