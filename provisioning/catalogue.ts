import { catalogue } from '../exporter/src/collectors/catalogue.js';
import { type MetricDefinition, selfMetrics } from '../exporter/src/exposition/index.js';

/** Labels Prometheus adds to everything it scrapes. */
const added = ['instance', 'job'];

const definitions = new Map(
  catalogue
    .flatMap(({ metrics }) => metrics)
    .concat(selfMetrics)
    .map((definition) => [definition.name, definition]),
);

/** What the exporter says of one of its metrics. @throws Error when it has none of that name. */
export function definition(name: string): MetricDefinition {
  const found = definitions.get(name);
  if (!found) throw new Error(`the exporter has no metric ${name}`);
  return found;
}

/** Every label the series of that name may carry in Prometheus; undefined for what is not exported. */
export function metricLabels(series: string): readonly string[] | undefined {
  const plain = definitions.get(series);
  if (plain && plain.type !== 'histogram') return [...plain.labels, ...added];
  const histogram = definitions.get(series.replace(/_(bucket|sum|count)$/, ''));
  if (histogram?.type !== 'histogram' || histogram === plain) return undefined;
  return [...histogram.labels, ...(series.endsWith('_bucket') ? ['le'] : []), ...added];
}
