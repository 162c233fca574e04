/** `npm test`: every check there is, one after the other, and their counts; `--all` has the lab run on all of its kernels. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePackages } from './apt.mjs';
import { build } from './build.mjs';
import { exitWith, heading, say, yellow } from './console.mjs';
import { ground, missingGround } from './ground.mjs';
import { ensureNodeModules } from './npm.mjs';
import { installed, interrupted, run } from './processes.mjs';
import { countsOf, exitCode, failuresOf, summary, table, total, verdict } from './results.mjs';
import { chosenStages } from './stages.mjs';

/**
 * @typedef {import('./stages.mjs').Stage} Stage
 * @typedef {import('./results.mjs').Result} Result
 * @typedef {Omit<Result, 'name' | 'milliseconds'>} Outcome
 */

await exitWith(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--all')) process.env.TRAPLINE_LAB_FORM = 'all';
  const stages = chosenStages(args.filter((arg) => arg !== '--all'));
  missingGround(ground()).forEach((sentence) => say(yellow(sentence)));
  await ensurePackages([...new Set(stages.flatMap(({ packages }) => packages))]);
  await ensureNodeModules();
  // Tests may need what is built; among all stages the build is one of its own.
  if (stages.some(({ project }) => project) && !stages.some(({ name }) => name === 'build')) await build();

  /** @type {Result[]} */
  const results = [];
  for (const stage of stages) {
    results.push(await timed(stage));
    if (interrupted()) break;
  }
  heading('Summary');
  table(results).forEach(say);
  const counts = total(results);
  say(summary(counts));
  return interrupted() ?? exitCode(counts, process.env.CI === 'true');
});

/** @param {Stage} stage @returns {Promise<Result>} */
async function timed(stage) {
  heading(stage.title);
  const start = performance.now();
  const outcome = stage.project ? await vitest(stage.project) : await script(stage.script ?? stage.name);
  return { name: stage.name, ...outcome, milliseconds: performance.now() - start };
}

/** @param {string} name @returns {Promise<Outcome>} */
async function script(name) {
  return { ...verdict((await run('npm', ['run', '--silent', name])) === 0), failures: [] };
}

/**
 * Runs a project of vitest. One that leaves no report could not even begin, and has said why.
 * @param {string} project
 * @returns {Promise<Outcome>}
 */
async function vitest(project) {
  const directory = await mkdtemp(join(tmpdir(), 'trapline-test-'));
  const report = join(directory, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await run(installed('vitest'), ['run', '--project', project, ...reporters]);
  const text = await readFile(report, 'utf8').catch(() => undefined);
  await rm(directory, { recursive: true });
  if (text === undefined) return { ...verdict(false), failures: [] };
  /** @type {import('./results.mjs').Report} */
  const results = JSON.parse(text);
  return { ...countsOf(results, code === 0), failures: failuresOf(results) };
}
