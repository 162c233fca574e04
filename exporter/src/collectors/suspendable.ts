import type { Work } from '../breath.js';
import type { MetricDefinition, Sink } from '../exposition/metric.js';
import type { RunningCollector } from './module.js';

/** A collector that says nothing while its programs are switched off: counters that stand still would look alive. */
export class Suspendable implements RunningCollector {
  readonly name: string;
  readonly help: string;
  readonly metrics: readonly MetricDefinition[];

  constructor(
    private readonly inner: RunningCollector,
    private readonly suspended: () => boolean,
  ) {
    ({ name: this.name, help: this.help, metrics: this.metrics } = inner);
  }

  collect(sink: Sink): Work {
    return this.suspended() ? undefined : this.inner.collect(sink);
  }

  lost(): Record<string, number> {
    return this.inner.lost?.() ?? {};
  }
}
