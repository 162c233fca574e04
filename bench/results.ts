/** The results that are kept: one JSON file for each bench and ground, committed. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import type { MachineFacts, Result } from './bench.js';

export const RESULTS = join(import.meta.dirname, 'results');

const pathOf = ({ bench, ground }: Result, folder: string): string => join(folder, `${bench}.${ground}.json`);

/** The result with what the last run that was kept measured beside it, where that was on the same machine: one run alone shows no figure. */
export function besideTheLast(result: Result, folder = RESULTS): Result {
  const path = pathOf(result, folder);
  const last = existsSync(path) ? read(path) : undefined;
  const same = last?.machine.kernel === result.machine.kernel && last.machine.cpu === result.machine.cpu;
  if (!last || !same) return result;
  const goals = result.goals.map((goal) => {
    const before = last.goals.find(({ what }) => what === goal.what)?.measured;
    return before ? { ...goal, before } : goal;
  });
  return { ...result, goals };
}

/** Writes the result over the one of the last run, rounded to what a run can tell. Returns the path. */
export function keep(result: Result, folder = RESULTS): string {
  mkdirSync(folder, { recursive: true });
  const path = pathOf(result, folder);
  const rounded = (_key: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
  writeFileSync(path, `${JSON.stringify(result, rounded, 2)}\n`);
  return path;
}

/** Every result there is, by the names of their files. */
export function kept(folder = RESULTS): Result[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => read(join(folder, file)));
}

const read = (path: string): Result => JSON.parse(readFileSync(path, 'utf8')) as Result;

/** What this process runs on. */
export const thisMachine = (): MachineFacts => ({
  kernel: release(),
  cpu: cpus()[0]?.model.trim() ?? 'unknown processor',
  cpus: cpus().length,
  emulated: 'no',
  date: now(),
});

/** In UTC, to the minute. */
export const now = (): string => new Date().toISOString().slice(0, 16).replace('T', ' ');
