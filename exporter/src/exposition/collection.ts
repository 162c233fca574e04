import { seriesOf, type Family, type Point } from './family.js';
import type { MetricDefinition, Sink } from './metric.js';

// A lone surrogate cannot occur in a label once it is well formed, so it separates label values safely.
const SEPARATOR = '\ud800';

/** What one collector said in one scrape, within its budget of series. */
export class Collection implements Sink {
  /** Series kept. */
  series = 0;
  /** Series left out because the budget was used up, or because the same series was written before. */
  dropped = 0;

  private readonly byMetric: Map<MetricDefinition, Family>;
  private readonly seen = new Map<MetricDefinition, Set<string>>();

  constructor(
    metrics: readonly MetricDefinition[],
    private readonly maxSeries = Infinity,
  ) {
    this.byMetric = new Map(metrics.map((metric) => [metric, { metric, points: [] }]));
  }

  get families(): Iterable<Family> {
    return this.byMetric.values();
  }

  sample(metric: MetricDefinition, labelValues: readonly string[], value: number): void {
    if (metric.type === 'histogram') throw new Error(`${metric.name} is a histogram and got a single value.`);
    this.add(metric, { labelValues: labelValues.map(wellFormed), value });
  }

  histogram(
    metric: MetricDefinition,
    labelValues: readonly string[],
    counts: readonly number[],
    sum: number,
  ): void {
    const wanted = (metric.buckets?.length ?? NaN) + 1;
    if (counts.length !== wanted)
      throw new Error(`${metric.name} got ${counts.length} buckets, not ${wanted}.`);
    this.add(metric, { labelValues: labelValues.map(wellFormed), counts, sum });
  }

  private add(metric: MetricDefinition, point: Point): void {
    const family = this.byMetric.get(metric);
    if (!family) throw new Error(`${metric.name} is not among the metrics its collector declares.`);
    const { labelValues } = point;
    if (labelValues.length !== metric.labels.length) {
      throw new Error(`${metric.name} got ${labelValues.length} label values, not ${metric.labels.length}.`);
    }
    const size = seriesOf(point);
    if (this.series + size > this.maxSeries || !this.isNew(metric, labelValues)) {
      this.dropped += size;
      return;
    }
    this.series += size;
    family.points.push(point);
  }

  /** Prometheus takes only one of two samples of the same series; the first one stays here. */
  private isNew(metric: MetricDefinition, labelValues: readonly string[]): boolean {
    let seen = this.seen.get(metric);
    if (!seen) this.seen.set(metric, (seen = new Set()));
    const size = seen.size;
    return seen.add(labelValues.join(SEPARATOR)).size > size;
  }
}

/** UTF-8 has no lone surrogates: they become U+FFFD here, before series are compared. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
