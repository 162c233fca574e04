import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { goal, type Result } from './bench.js';
import { besideTheLast, keep, kept, thisMachine } from './results.js';

const folder = mkdtempSync(join(tmpdir(), 'trapline-results-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const measured = (median: number) => ({ median, least: median, most: median });
const result = (median: number, machine: Partial<Result['machine']> = {}): Result => ({
  ...{ bench: 'events', ground: 'machine', tables: [], plots: [], notes: [] },
  machine: { ...thisMachine(), ...machine },
  goals: [goal('a figure', 'at most', 2, measured(median))],
});

it('keeps a result, rounded, in the place of the last one, whose figures stand beside its own', () => {
  keep(besideTheLast(result(1.2345678), folder), folder);
  keep(besideTheLast(result(1.5), folder), folder);
  expect(kept(folder).map(({ goals }) => goals)).toEqual([
    [{ ...goal('a figure', 'at most', 2, measured(1.5)), before: measured(1.2346) }],
  ]);
});

it.each([{ kernel: 'another' }, { cpu: 'another' }])(
  'holds nothing against a run elsewhere: %j',
  (machine) => {
    keep(result(1, machine), folder);
    expect(besideTheLast(result(1.5), folder)).toEqual(result(1.5));
  },
);
