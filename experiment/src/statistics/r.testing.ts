/** The same statistics by R, which shares no code with ours. */
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Observation } from './anova.js';

export const rIsThere = spawnSync('Rscript', ['--version']).status === 0;

/** One row of R's analysis of variance. */
export interface RTerm {
  term: string;
  freedom: number;
  squares: number;
  f: number;
  p: number;
}

export interface RAnswer {
  /** By `anova(lm())` of models with and without each term; for balanced data the same as `aov()`. */
  typeTwo: RTerm[];
  /** By `aov()`: of Type I, in the order of the formula. */
  aov: RTerm[];
  residual: { freedom: number; squares: number };
}

const SCRIPT = fileURLToPath(new URL('independent.testing.R', import.meta.url));

function ask(task: string, input: string): number[][] {
  const text = execFileSync('Rscript', ['--vanilla', SCRIPT, task], { input, encoding: 'utf8' });
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
}

/** Rows are terms in the order of R: main effects, then interactions of two. */
export function rAnova(observations: readonly Observation[], factors: readonly string[]): RAnswer {
  const rows = observations.map(({ levels, value }) =>
    [...factors.map((factor) => levels[factor]), value].join(','),
  );
  const answer = ask('anova', [[...factors, 'y'].join(','), ...rows].join('\n'));
  const names = [...factors, ...factors.flatMap((a, i) => factors.slice(i + 1).map((b) => `${a}:${b}`))];
  const terms = (from: number): RTerm[] =>
    names.map((term, i) => {
      const [freedom, squares, f, p] = answer[from + i] as [number, number, number, number];
      return { term, freedom, squares, f, p };
    });
  const [freedom, squares] = answer.at(-1) as [number, number];
  return { typeTwo: terms(0), aov: terms(names.length), residual: { freedom, squares } };
}

/** Mean and ends of `t.test()`. */
export function rMean(values: readonly number[]): number[] {
  return ask('mean', values.join('\n'))[0]!;
}

/** Ratio of geometric means and its ends, by `t.test(log(a), log(b), var.equal = TRUE)`. */
export function rRatio(above: readonly number[], below: readonly number[]): number[] {
  return ask('ratio', [...above.map((v) => `a,${v}`), ...below.map((v) => `b,${v}`)].join('\n'))[0]!;
}
