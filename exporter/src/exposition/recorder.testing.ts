import type { MetricDefinition, Sink } from './metric.js';

/** One thing a collector said. */
export interface Said {
  metric: MetricDefinition;
  labelValues: readonly string[];
  /** Undefined for a histogram. */
  value?: number;
}

/** A sink that remembers, sorted by metric in the order in which a collector declares them. */
export class Recorder implements Sink {
  readonly #said: Said[] = [];

  constructor(private readonly metrics: readonly MetricDefinition[]) {}

  get said(): Said[] {
    return this.metrics.flatMap((metric) => this.#said.filter((each) => each.metric === metric));
  }

  sample(metric: MetricDefinition, labelValues: readonly string[], value: number): void {
    this.#said.push({ metric, labelValues, value });
  }

  histogram(metric: MetricDefinition, labelValues: readonly string[]): void {
    this.#said.push({ metric, labelValues });
  }
}
