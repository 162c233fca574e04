import { describe, expect, test } from 'vitest';
import plugin from '../src/plugin.json';
import { levitate } from './levitate';
import { sources } from './opened.testing';

/** What Grafana gives the panel at run time. */
const PACKAGES = ['@grafana/data', '@grafana/ui'];
const [, OLDEST] = /^>=(\S+)$/.exec(plugin.dependencies.grafanaDependency)!;

test('the sources take from no other package of Grafana', () => {
  const taken = [...sources().values()].flatMap((text) => text.match(/(?<=from ')@grafana\/[^']+/g) ?? []);
  expect([...new Set(taken)].sort()).toEqual(PACKAGES);
});

describe('levitate', () => {
  test('finds the panel compatible with the oldest Grafana it declares', async () => {
    expect(await levitate(PACKAGES, OLDEST!)).toEqual({
      compatible: true,
      compared: PACKAGES,
      incompatibilities: [],
    });
  });

  test('would find what is missing', async () => {
    const verdict = await levitate(['@grafana/ui'], '11.0.0');
    expect(verdict.compatible).toBe(false);
    expect(verdict.compared).toEqual(['@grafana/ui']);
    expect(verdict.incompatibilities).toContain(
      'Removed `VizTooltipContent` in src/parts/SampleTooltip.tsx:4',
    );
  });
});
