import type { Family } from './family.js';
import { LabelText } from './label_text.js';
import type { MetricDefinition, Sink } from './metric.js';
import { SeriesText } from './series_text.js';

/** A metric while a collector writes it. */
interface Writing {
  text: SeriesText;
  labels: LabelText;
  /** Prometheus takes only one of two samples of the same series; the first one stays here. */
  seen: Set<string>;
}

/** The series of a histogram beside those of its buckets. */
const SUM_AND_COUNT = 2;

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
        { text: new SeriesText(metric), labels: new LabelText(metric.labels), seen: new Set() },
      ]),
    );
  }

  get families(): Family[] {
    return [...this.#written].map(([metric, { text }]) => ({ metric, series: [text] }));
  }

  sample(metric: MetricDefinition, labelValues: readonly string[], value: number): void {
    if (metric.type === 'histogram') throw new Error(`${metric.name} is a histogram and got a single value.`);
    const written = this.#writing(metric, labelValues);
    const labels = written.labels.of(labelValues);
    if (this.#takes(written, labels, 1)) written.text.sample(labels, value);
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
    const labels = written.labels.of(labelValues);
    if (this.#takes(written, labels, wanted + SUM_AND_COUNT)) written.text.histogram(labels, counts, sum);
  }

  #writing(metric: MetricDefinition, { length }: readonly string[]): Writing {
    const written = this.#written.get(metric);
    if (!written) throw new Error(`${metric.name} is not among the metrics its collector declares.`);
    if (length !== metric.labels.length)
      throw new Error(`${metric.name} got ${length} label values, not ${metric.labels.length}.`);
    return written;
  }

  /** Whether there is room for so many series, and these were not written before. */
  #takes({ seen }: Writing, labels: string, size: number): boolean {
    const before = seen.size;
    if (this.series + size > this.maxSeries || seen.add(labels).size === before) {
      this.dropped += size;
      return false;
    }
    this.series += size;
    return true;
  }
}
