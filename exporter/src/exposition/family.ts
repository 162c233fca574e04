import type { MetricDefinition } from './metric.js';
import type { SeriesText } from './series_text.js';

/** Everything a scrape says about one metric, by whoever said it. The writer gets these and nothing else. */
export interface Family {
  metric: Readonly<MetricDefinition>;
  series: SeriesText[];
}
