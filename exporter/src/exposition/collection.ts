import type { Family } from './family.js';
import type { MetricDefinition, Sink } from './metric.js';
import { SeriesLines, type LineStarts } from './series_lines.js';
import { SeriesText } from './series_text.js';

/** The series of one collector, remembered from scrape to scrape. */
export type Lines = ReadonlyMap<MetricDefinition, SeriesLines>;

export const linesOf = (metrics: readonly MetricDefinition[]): Lines =>
  new Map(metrics.map((metric) => [metric, new SeriesLines(metric)]));

/** A metric while a collector writes it. */
interface Writing {
  text: SeriesText;
  lines: SeriesLines;
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

  /** Only one collection at a time may use the lines. */
  constructor(
    lines: Lines,
    private readonly maxSeries = Infinity,
  ) {
    this.#written = new Map([...lines].map(([metric, lines]) => [metric, { text: new SeriesText(), lines }]));
    for (const { lines } of this.#written.values()) lines.begin();
  }

  get families(): Family[] {
    return [...this.#written].map(([metric, { text }]) => ({ metric, series: [text] }));
  }

  sample(metric: MetricDefinition, labelValues: readonly string[], value: number): void {
    if (metric.type === 'histogram') throw new Error(`${metric.name} is a histogram and got a single value.`);
    const { lines, text } = this.#writing(metric, labelValues);
    const starts = this.#take(lines, labelValues, 1);
    if (starts) text.sample(starts, value);
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
    const { lines, text } = this.#writing(metric, labelValues);
    const starts = this.#take(lines, labelValues, wanted + SUM_AND_COUNT);
    if (starts) text.histogram(starts, counts, sum);
  }

  #writing(metric: MetricDefinition, { length }: readonly string[]): Writing {
    const written = this.#written.get(metric);
    if (!written) throw new Error(`${metric.name} is not among the metrics its collector declares.`);
    if (length !== metric.labels.length)
      throw new Error(`${metric.name} got ${length} label values, not ${metric.labels.length}.`);
    return written;
  }

  /** The starts of the lines of `size` series, where there is room for them and they were not said before. */
  #take(lines: SeriesLines, labelValues: readonly string[], size: number): LineStarts | undefined {
    // Prometheus takes only one of two samples of the same series: the first one stays.
    const starts = this.series + size > this.maxSeries ? undefined : lines.take(labelValues);
    if (starts) this.series += size;
    else this.dropped += size;
    return starts;
  }
}
