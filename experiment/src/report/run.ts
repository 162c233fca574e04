/** A run as it lies in its directory. */
import { readFile, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { EXIT, Failure } from '../failure.js';
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

const BEGIN = 'Measure cells with trapline experiment run or resume.';

/** @throws Failure where the directory holds no run, or no cell of it is measured */
export async function readRun(directory: string): Promise<Run> {
  const file = (name: string) =>
    readFile(join(directory, name), 'utf8').catch(() => {
      const message = `${directory} is not the directory of a run: it has no ${name}.`;
      throw new Failure(message, BEGIN, EXIT.usage);
    });
  const environment = JSON.parse(await file('environment.json')) as Environment;
  const plan = await file('plan.yaml');
  const names = await readdir(join(directory, 'cells')).catch(() => []);
  const cells = names.filter((name) => name.endsWith('.json'));
  if (cells.length === 0) throw new Failure(`No cell of ${directory} is measured yet.`, BEGIN, EXIT.usage);
  const results = await Promise.all(
    cells.map(async (name) => JSON.parse(await file(join('cells', name))) as CellResult),
  );
  results.sort((a, b) => a.order - b.order);
  return { name: basename(resolve(directory)), plan, environment, results };
}
