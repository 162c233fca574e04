/** A run as it lies in its directory. */
import { readFile, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { CellResult, Environment } from '../results.js';

export interface Run {
  /** Of its directory. */
  name: string;
  /** The plan file, as it was given. */
  plan: string;
  environment: Environment;
  /** Of the cells that are measured, in the order in which they were run. */
  results: CellResult[];
}

/** @throws Error in words for the user where the directory holds no run, or no cell of it is measured */
export async function readRun(directory: string): Promise<Run> {
  const file = (name: string) =>
    readFile(join(directory, name), 'utf8').catch(() => {
      throw new Error(`${directory} is not the directory of a run: it has no ${name}.`);
    });
  const environment = JSON.parse(await file('environment.json')) as Environment;
  const plan = await file('plan.yaml');
  const names = await readdir(join(directory, 'cells')).catch(() => []);
  const cells = names.filter((name) => name.endsWith('.json'));
  if (cells.length === 0)
    throw new Error(`No cell of ${directory} is measured yet: run the experiment first.`);
  const results = await Promise.all(
    cells.map(async (name) => JSON.parse(await file(join('cells', name))) as CellResult),
  );
  results.sort((a, b) => a.order - b.order);
  return { name: basename(resolve(directory)), plan, environment, results };
}
