import { Registry, type Metric } from 'prom-client';
import type { Family, Point } from './family.js';

/** `text` is Prometheus text 0.0.4, `openmetrics` is OpenMetrics 1.0.0. */
export type Format = 'text' | 'openmetrics';

const contentTypes = {
  text: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
} as const;

/** The value of the Content-Type header for a format. */
export function contentType(format: Format): string {
  return contentTypes[format];
}

/** Writes families in the order given. Families without points are left out. */
export async function render(families: Iterable<Family>, format: Format): Promise<string> {
  const registry = new Registry<(typeof contentTypes)[Format]>();
  registry.setContentType(contentTypes[format]);
  for (const family of families) {
    // prom-client renames a counter when it writes OpenMetrics, so it gets fresh objects every time.
    if (family.points.length > 0) registry.registerMetric(new WrittenFamily(family) as unknown as Metric);
  }
  return registry.metrics();
}

interface WrittenValue {
  metricName?: string;
  labels: Record<string, string>;
  sharedLabels?: Record<string, string>;
  value: number;
}

/** A family in the shape of a prom-client metric that has been collected already. */
class WrittenFamily {
  name: string;
  readonly help: string;
  readonly type: string;

  constructor(private readonly family: Family) {
    ({ name: this.name, help: this.help, type: this.type } = family.metric);
  }

  async get(): Promise<{ name: string; help: string; type: string; values: WrittenValue[] }> {
    const { name, help, type } = this;
    return { name, help, type, values: this.family.points.flatMap((point) => this.written(point)) };
  }

  private written(point: Point): WrittenValue[] {
    const { labels: names, buckets = [] } = this.family.metric;
    const labels = Object.fromEntries(names.map((name, i) => [name, point.labelValues[i]!]));
    if ('value' in point) return [{ labels, value: point.value }];

    let count = 0;
    const rows: WrittenValue[] = point.counts.map((inBucket, i) => ({
      metricName: `${this.name}_bucket`,
      labels: { le: i < buckets.length ? String(buckets[i]) : '+Inf' },
      sharedLabels: labels,
      value: (count += inBucket),
    }));
    rows.push({ metricName: `${this.name}_sum`, labels, value: point.sum });
    rows.push({ metricName: `${this.name}_count`, labels, value: count });
    return rows;
  }
}
