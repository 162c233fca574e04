import { counter, gauge } from './metric.js';

export const buildInfo = gauge(
  'trapline_build_info',
  'Always 1: the version of Trapline, of the running kernel, and of the libbpf it loaded.',
  ['version', 'kernel', 'libbpf'],
);
export const collectorUp = gauge(
  'trapline_collector_up',
  'Whether the collector finished this scrape (1) or failed (0); the series of one that failed are missing.',
  ['collector'],
);
export const collectorDuration = gauge(
  'trapline_collector_duration_seconds',
  'Wall time the collector took in this scrape, without what was done in between.',
  ['collector'],
);
export const series = gauge('trapline_series', 'Series the collector exported in this scrape.', [
  'collector',
]);
export const seriesDropped = counter(
  'trapline_series_dropped_total',
  'Series left out of scrapes because the collector had used up its budget of series or had written the same series twice; every scrape counts anew.',
  ['collector'],
);

/** Written by the exposition itself for every collector. */
export const selfMetrics = [buildInfo, collectorUp, collectorDuration, series, seriesDropped] as const;
