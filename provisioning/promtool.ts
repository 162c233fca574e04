/** Unit tests of the shipped rules, as `promtool test rules` runs them. A sample and an evaluation come every 15 s. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

/** Seconds between two samples. */
export const STEP = 15;

/** What a query must answer at a moment: each series, written as in a query, with its value; nothing more. */
export interface Answer {
  /** Seconds since the first sample. */
  at: number;
  expr: string;
  samples: Readonly<Record<string, number>>;
}

/** An alert that fires at a moment, with its texts. */
export interface Firing {
  at: number;
  alertname: string;
  alerts: { labels: Record<string, string>; annotations: Record<string, string> }[];
}

export interface RuleCase {
  name: string;
  /** Values of each series, in promtool's notation. */
  series: Readonly<Record<string, string>>;
  answers?: readonly Answer[];
  firing?: readonly Firing[];
}

const file = (name: string) =>
  fileURLToPath(new URL(`prometheus/rules/trapline-${name}.yml`, import.meta.url));

/** Runs cases one after the other. @throws Error with what promtool found wrong, and in which. */
export function runRuleCases(cases: readonly RuleCase[]): void {
  const directory = mkdtempSync(join(tmpdir(), 'trapline-rules-'));
  const path = join(directory, 'cases.yml');
  const content = {
    rule_files: [file('recording'), file('alerts')],
    evaluation_interval: `${STEP}s`,
    group_eval_order: ['trapline-recording', 'trapline-alerts'],
    tests: cases.map(written),
  };
  writeFileSync(path, stringify(content, { aliasDuplicateObjects: false }));
  try {
    execFileSync('promtool', ['test', 'rules', path], { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    throw new Error((error as { stderr: string }).stderr);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const written = ({ name, series, answers = [], firing = [] }: RuleCase) => ({
  name,
  interval: `${STEP}s`,
  input_series: Object.entries(series).map(([selector, values]) => ({ series: selector, values })),
  promql_expr_test: answers.map(({ at, expr, samples }) => ({
    expr,
    eval_time: `${at}s`,
    exp_samples: Object.entries(samples).map(([labels, value]) => ({ labels, value })),
  })),
  alert_rule_test: firing.map(({ at, alertname, alerts }) => ({
    alertname,
    eval_time: `${at}s`,
    exp_alerts: alerts.map(({ labels, annotations }) => ({
      exp_labels: labels,
      exp_annotations: annotations,
    })),
  })),
});

/** Some time in which a series rises evenly; a gauge does not rise, and keeps its value. */
export interface Phase {
  steps: number;
  perSecond: number;
  /** The counter starts anew. */
  reset?: boolean;
}

/** A counter that starts at 0. */
export function counter(phases: readonly Phase[]): string {
  let last = 0;
  return phases
    .map(({ steps, perSecond, reset }, index) => {
      const rise = perSecond * STEP;
      const first = reset ? rise : index === 0 ? 0 : last + rise;
      last = first + rise * (steps - 1);
      return `${first}+${rise}x${steps - 1}`;
    })
    .join(' ');
}

/** A gauge with a value in each phase. */
export const gauge = (phases: readonly { steps: number; value: number }[]): string =>
  phases.map(({ steps, value }) => `${value}x${steps - 1}`).join(' ');

/** A series written as in a query. */
export const selector = (metric: string, labels: Readonly<Record<string, string>>): string =>
  `${metric}{${Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`;
