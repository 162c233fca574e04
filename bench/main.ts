/** `npm run bench`: measures what Trapline costs, keeps the results and writes docs/performance.md from them. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stepsOn } from '../lab/progress.js';
import { ensurePackages } from '../setup/apt.mjs';
import type { Bench } from './bench.js';
import { demandRoot, orderOf, USAGE, UsageError } from './command_line.js';
import { print } from './print.js';
import { writeReport } from './report.js';
import { besideTheLast, keep } from './results.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function allBenches(): Promise<Bench[]> {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.bench.ts'));
  const modules = files
    .sort()
    .map((file) => import(join(import.meta.dirname, file)) as Promise<{ bench: Bench }>);
  return (await Promise.all(modules)).map(({ bench }) => bench);
}

/** What one bench cannot do keeps no other from being run. Returns how many failed. */
async function runAll(benches: readonly Bench[], minutes: number | undefined): Promise<number> {
  demandRoot(benches, process.getuid?.() === 0);
  await ensurePackages([...new Set(benches.flatMap(({ needs }) => needs.packages))]);
  const step = stepsOn(process.stdout);
  let failed = 0;
  for (const bench of benches) {
    console.log(`\n${bench.name}: ${bench.answers}`);
    try {
      for await (const result of await bench.run({ step, ...(minutes === undefined ? {} : { minutes }) })) {
        const beside = besideTheLast(result);
        print(beside);
        console.log(`\n  kept in ${relative(process.cwd(), keep(beside))}`);
        writeReport();
      }
    } catch (error) {
      failed++;
      console.error(`${bench.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return failed;
}

async function main(args: string[]): Promise<number> {
  const benches = await allBenches();
  const order = orderOf(args, benches);
  if (order.what === 'help') console.log(USAGE);
  else if (order.what === 'list') for (const { name, answers } of benches) console.log(`${name}\t${answers}`);
  else return (await runAll(order.benches, order.minutes)) > 0 ? EXIT_FAILED : 0;
  return 0;
}

// What was started inside a bench ends with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(EXIT_FAILED));
try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  if (error instanceof UsageError) console.error(USAGE);
  process.exit(error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED);
}
