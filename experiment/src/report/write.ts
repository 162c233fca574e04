import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cellsCsv, samplesCsv } from './csv.js';
import { reportPage } from './page.js';
import { readRun } from './run.js';

/**
 * Makes `samples.csv`, `cells.csv` and `report.html` of a run from what lies in its directory. Returns the path of the report.
 * @throws Failure where there is nothing to report
 */
export async function writeReport(directory: string): Promise<string> {
  const run = await readRun(directory);
  const report = join(directory, 'report.html');
  await writeFile(join(directory, 'samples.csv'), samplesCsv(run.results));
  await writeFile(join(directory, 'cells.csv'), cellsCsv(run.results));
  await writeFile(report, reportPage(run));
  return report;
}
