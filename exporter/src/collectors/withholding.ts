import type { Work } from '../breath.js';
import type { MetricDefinition, Sink } from '../exposition/metric.js';
import type { Need, Signal } from '../kernel/index.js';
import type { RunningCollector } from './module.js';

/**
 * A collector without what would be wrong: metrics of which a program is not attached, because it was refused, waits for its
 * module or was switched off. Zeros and counters that stand still would look alive.
 */
export class Withholding implements RunningCollector {
  readonly name: string;
  readonly help: string;
  readonly metrics: readonly MetricDefinition[];

  /** `attached` tells whether a program of a signal is attached now. */
  constructor(
    private readonly inner: RunningCollector,
    private readonly signals: readonly Signal[],
    private readonly attached: (signal: string, program: string) => boolean,
  ) {
    ({ name: this.name, help: this.help, metrics: this.metrics } = inner);
  }

  collect(sink: Sink): Work {
    const unmet = this.signals.flatMap(({ name, needs }) =>
      needs.filter(({ programs }) => !programs.every((program) => this.attached(name, program))),
    );
    if (unmet.length === 0) return this.inner.collect(sink);
    const withheld = new Set(unmet.filter(({ only }) => !only).flatMap(({ metrics }) => metrics));
    if (this.metrics.every(({ name }) => withheld.has(name))) return undefined;
    return this.inner.collect(new Sieve(sink, unmet));
  }

  lost(): Record<string, number> {
    return this.inner.lost?.() ?? {};
  }
}

/** Lets through what no unmet need is about. */
class Sieve implements Sink {
  constructor(
    private readonly sink: Sink,
    private readonly unmet: readonly Need[],
  ) {}

  sample(metric: MetricDefinition, labelValues: readonly string[], value: number): void {
    if (this.#lets(metric, labelValues)) this.sink.sample(metric, labelValues, value);
  }

  histogram(...series: Parameters<Sink['histogram']>): void {
    const [metric, labelValues] = series;
    if (this.#lets(metric, labelValues)) this.sink.histogram(...series);
  }

  #lets({ name, labels }: MetricDefinition, labelValues: readonly string[]): boolean {
    return !this.unmet.some(
      ({ metrics, only }) =>
        metrics.includes(name) &&
        (!only || only.values.includes(labelValues[labels.indexOf(only.label)] ?? '')),
    );
  }
}
