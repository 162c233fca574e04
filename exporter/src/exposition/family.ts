import type { MetricDefinition } from './metric.js';

/** One series, or the several series of one histogram, at the moment of a scrape. `labels` is a `labelText`. */
export type Point =
  { labels: string; value: number } | { labels: string; counts: readonly number[]; sum: number };

/** Everything a scrape says about one metric. The writer gets these and nothing else. */
export interface Family {
  metric: Readonly<MetricDefinition>;
  points: Point[];
}

/** How many series Prometheus stores for one point: a histogram has one per bucket, its sum and its count. */
export function seriesOf(point: Point): number {
  return 'counts' in point ? point.counts.length + 2 : 1;
}
