import { compareRuns } from '../compare/pairs.js';
import { comparisonText } from '../compare/text.js';
import { readRun } from '../report/run.js';

/** Two runs side by side, as text. Throws `Failure` where a directory holds none. */
export async function compare(first: string, second: string): Promise<string> {
  const [a, b] = [await readRun(first), await readRun(second)];
  return comparisonText(compareRuns(a, b), a.name, b.name);
}
