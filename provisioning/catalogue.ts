import { catalogue } from '../exporter/src/collectors/catalogue.js';
import { type MetricDefinition, selfMetrics } from '../exporter/src/exposition/index.js';
import { EXPERIMENT_METRICS } from '../experiment/src/announce/definitions.js';
import { recordingRules } from './rules/index.js';

/** Labels Prometheus adds to everything it scrapes. */
const added = ['instance', 'job'];

/** What Prometheus itself says of a scrape, and what every Node process says of itself, without further labels. */
const common = /^(up|scrape_duration_seconds|process_\w+|nodejs_eventloop_lag_p99_seconds)$/;

const definitions = new Map(
  catalogue
    .flatMap(({ metrics }) => metrics)
    .concat(selfMetrics, EXPERIMENT_METRICS)
    .map((definition) => [definition.name, definition]),
);

/** What the exporter, or a run of an experiment, says of one of its metrics. @throws Error when there is none of that name. */
export function definition(name: string): MetricDefinition {
  const found = definitions.get(name);
  if (!found) throw new Error(`the exporter has no metric ${name}`);
  return found;
}

/** Every label the series of that name may carry in Prometheus; undefined for what is not exported. */
export function metricLabels(series: string): readonly string[] | undefined {
  if (common.test(series)) return added;
  const plain = definitions.get(series);
  if (plain && plain.type !== 'histogram') return [...plain.labels, ...added];
  const histogram = definitions.get(series.replace(/_(bucket|sum|count)$/, ''));
  if (histogram?.type !== 'histogram' || histogram === plain) return undefined;
  return [...histogram.labels, ...(series.endsWith('_bucket') ? ['le'] : []), ...added];
}

/** The labels of a recorded series, which its name tells; undefined for what no rule records. */
export function recordedLabels(series: string): readonly string[] | undefined {
  const found = recordingRules.some(({ record }) => record === series);
  return found ? series.split(':')[0]!.split('_') : undefined;
}

/** The labels of a series that is exported or recorded. */
export const labelsOf = (series: string): readonly string[] | undefined =>
  metricLabels(series) ?? recordedLabels(series);

/** Whether a series counts or shows a value, also where it is not the exporter's own. */
export const metricType = (series: string): MetricDefinition['type'] =>
  definitions.get(series)?.type ?? (series.endsWith('_total') ? 'counter' : 'gauge');
