/** The life of an alert: all is well, something goes wrong, all is well again. */
import { type Alert, type AlertTemplate, alerts, runbookOf, secondsOf } from './alerts/index.js';
import { metricType } from './catalogue.js';
import { type Firing, type RuleCase, STEP, counter, gauge } from './promtool.js';

/** How one series is while all is well, and while something is wrong. Of a counter, its rise per second. */
export type Course = readonly [fine: number, wrong: number];

export interface Story {
  alert: string;
  /** The severities that fire; both by default where an alert has two. */
  severities?: readonly Alert['severity'][];
  labels: Record<string, string>;
  series: Readonly<Record<string, Course>>;
  /** Those among them without which the alert fires all the same. */
  dispensable?: readonly string[];
  /** Seconds for which all is well at first. */
  before?: number;
  /** Seconds that its queries look back. */
  window?: number;
  /** The value as the texts show it. */
  shown: string;
  summary: string;
}

/** When what happens in a story, in samples. */
interface Plan {
  before: number;
  wrong: number;
  after: number;
}

type Part = keyof Plan | 'wrongAgain';

function written(story: Story, plan: Plan, parts: readonly Part[]): RuleCase['series'] {
  const length = (part: Part) => (part === 'wrongAgain' ? plan.wrong : plan[part]);
  const entries = Object.entries(story.series).map(([name, [fine, wrong]]) => {
    const value = (part: Part) => (part.startsWith('wrong') ? wrong : fine);
    const text =
      metricType(name.split('{')[0]!) === 'counter'
        ? counter(
            parts.map((part) => ({
              steps: length(part),
              perSecond: value(part),
              reset: part === 'wrongAgain',
            })),
          )
        : gauge(parts.map((part) => ({ steps: length(part), value: value(part) })));
    return [name, text];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

/** The cases that a story stands for: firing, not firing, resolving, counters that start anew, and series that are missing. */
export function casesOf(story: Story): RuleCase[] {
  const told = alerts.filter(
    ({ name, severity }) => name === story.alert && (story.severities?.includes(severity) ?? true),
  );
  const { for: wait } = told[0]!;
  // A page outlives its warning.
  const keeps = told.map(({ keepFiringFor }) => secondsOf(keepFiringFor));
  const [shortest, longest] = [Math.min(...keeps), Math.max(...keeps)];
  const window = story.window ?? 60;
  const plan = {
    before: (story.before ?? 60) / STEP,
    wrong: (secondsOf(wait) + window + 120) / STEP,
    after: (longest + window + 120) / STEP,
  };
  const begin = plan.before * STEP;
  const end = begin + (plan.wrong - 1) * STEP;
  const states = (at: number, fires: boolean): Firing => ({
    at,
    alertname: story.alert,
    alerts: fires ? told.map((alert) => expected(alert, story)) : [],
  });
  const whole = written(story, plan, ['before', 'wrong', 'after']);
  return [
    {
      name: `${story.alert}: fires and resolves`,
      series: whole,
      firing: [
        states(begin - STEP, false),
        ...(wait === '0s' ? [] : [states(begin + secondsOf(wait) - STEP, false)]),
        states(end, true),
      ],
      answers: [
        ...(shortest === 0 ? [] : [alive(story, told, end + shortest)]),
        alive(story, [], end + plan.after * STEP),
      ],
    },
    {
      name: `${story.alert}: does not fire while all is well`,
      series: written(story, plan, ['before', 'after', 'after', 'after']),
      firing: [states(begin + secondsOf(wait) + window, false), states(begin + 3 * plan.after * STEP, false)],
    },
    {
      name: `${story.alert}: fires on while counters start anew`,
      series: written(story, plan, ['before', 'wrong', 'wrongAgain']),
      firing: [states(end + 2 * STEP, true), states(end + plan.wrong * STEP, true)],
    },
    ...Object.keys(story.series).map((missing) => ({
      name: `${story.alert}: without ${missing}`,
      series: Object.fromEntries(Object.entries(whole).filter(([name]) => name !== missing)),
      answers: [alive(story, story.dispensable?.includes(missing) ? told : [], end)],
    })),
  ];
}

/** Which of them fire, whatever value they show by now. */
function alive(story: Story, told: readonly Alert[], at: number) {
  const expr = `count by (severity) (ALERTS{alertname="${story.alert}",alertstate="firing"})`;
  const samples = Object.fromEntries(told.map(({ severity }) => [`{severity="${severity}"}`, 1]));
  return { at, expr, samples };
}

function expected(alert: Alert, { labels, shown, summary }: Story): Firing['alerts'][number] {
  const label = (name: string) => labels[name] ?? '';
  const template: AlertTemplate = {
    label,
    optional: (before, name, after) => (label(name) ? before + label(name) + after : ''),
    percentage: shown,
    number: shown,
    decimal: shown,
    answering: label('instance'),
  };
  return {
    labels: { ...labels, severity: alert.severity },
    annotations: {
      summary,
      description: alert.description(template),
      runbook_url: runbookOf(alert, template),
    },
  };
}
