import { seriesOf, type Family, type Point } from './family.js';
import { LabelText } from './label_text.js';
import type { MetricDefinition, Sink } from './metric.js';

/** A metric while a collector writes it. */
interface Writing {
  family: Family;
  labels: LabelText;
  /** Prometheus takes only one of two samples of the same series; the first one stays here. */
  seen: Set<string>;
}

/** What one collector said in one scrape, within its budget of series. */
export class Collection implements Sink {
  /** Series kept. */
  series = 0;
  /** Series left out because the budget was used up, or because the same series was written before. */
  dropped = 0;

  readonly #written: Map<MetricDefinition, Writing>;

  constructor(
    metrics: readonly MetricDefinition[],
    private readonly maxSeries = Infinity,
  ) {
    this.#written = new Map(
      metrics.map((metric) => [
        metric,
        { family: { metric, points: [] }, labels: new LabelText(metric.labels), seen: new Set() },
      ]),
    );
  }

  get families(): Family[] {
    return [...this.#written.values()].map(({ family }) => family);
  }

  sample(metric: MetricDefinition, labelValues: readonly string[], value: number): void {
    if (metric.type === 'histogram') throw new Error(`${metric.name} is a histogram and got a single value.`);
    const written = this.#writing(metric, labelValues);
    this.#add(written, { labels: written.labels.of(labelValues), value });
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
    const written = this.#writing(metric, labelValues);
    this.#add(written, { labels: written.labels.of(labelValues), counts, sum });
  }

  #writing(metric: MetricDefinition, { length }: readonly string[]): Writing {
    const written = this.#written.get(metric);
    if (!written) throw new Error(`${metric.name} is not among the metrics its collector declares.`);
    if (length !== metric.labels.length)
      throw new Error(`${metric.name} got ${length} label values, not ${metric.labels.length}.`);
    return written;
  }

  #add({ family, seen }: Writing, point: Point): void {
    const size = seriesOf(point);
    const before = seen.size;
    if (this.series + size > this.maxSeries || seen.add(point.labels).size === before) {
      this.dropped += size;
      return;
    }
    this.series += size;
    family.points.push(point);
  }
}
