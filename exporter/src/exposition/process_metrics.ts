import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Family } from './family.js';
import { lineStarts } from './series_lines.js';
import { SeriesText } from './series_text.js';

/** Gauges whose names promtool refuses: `_total` is for counters. Each is the sum of another gauge. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/**
 * How often the lag of the event loop is looked at. prom-client's own 10 ms wake the process a hundred times a second, which
 * takes more of a processor than all scrapes of a hundred VMs.
 */
const LAG_TIMER_MS = 1_000;

interface CollectedMetric {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  values: { labels: Record<string, string | number>; value: number; metricName?: string }[];
}

/** prom-client's `process_*` and `nodejs_*` metrics of this process. */
export class ProcessMetrics {
  private readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: LAG_TIMER_MS });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
  }

  async collect(): Promise<Family[]> {
    const metrics = (await this.registry.getMetricsAsJSON()) as unknown as CollectedMetric[];
    return metrics.map((metric) =>
      metric.type === 'histogram' ? histogramFamily(metric) : plainFamily(metric),
    );
  }
}

function plainFamily({ name, help, type, values }: CollectedMetric): Family {
  const metric = { name, help, type, labels: Object.keys(values[0]?.labels ?? {}) };
  const text = new SeriesText();
  for (const { labels, value } of values)
    text.sample(lineStarts(metric, valuesOf(metric.labels, labels)), value);
  return { metric, series: [text] };
}

const valuesOf = (names: readonly string[], given: CollectedMetric['values'][number]['labels']): string[] =>
  names.map((name) => String(given[name] ?? ''));

/** Turns prom-client's cumulative `_bucket`, `_sum` and `_count` rows back into counts per bucket. */
function histogramFamily({ name, help, type, values }: CollectedMetric): Family {
  const labels = Object.keys(values[0]?.labels ?? {}).filter((label) => label !== 'le');
  const points = new Map<string, { labels: string[]; counts: number[]; sum: number; below: number }>();
  const buckets = new Set<number>();
  for (const { labels: given, value, metricName } of values) {
    const own = valuesOf(labels, given);
    const key = JSON.stringify(own);
    const point = points.get(key) ?? { labels: own, counts: [], sum: 0, below: 0 };
    points.set(key, point);
    if (metricName === `${name}_sum`) point.sum = value;
    if (metricName !== `${name}_bucket`) continue;
    if (given['le'] !== '+Inf') buckets.add(Number(given['le']));
    point.counts.push(value - point.below);
    point.below = value;
  }
  const metric = { name, help, type, labels, buckets: [...buckets] };
  const text = new SeriesText();
  for (const { labels, counts, sum } of points.values())
    text.histogram(lineStarts(metric, labels), counts, sum);
  return { metric, series: [text] };
}
