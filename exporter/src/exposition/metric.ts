import type { Work } from '../breath.js';

/** Series a collector may export in one scrape unless told otherwise. */
export const DEFAULT_MAX_SERIES = 20_000;

/** What a metric is, apart from any value: the documentation and every writer are made from this. */
export interface MetricDefinition {
  /** Full name with the prefix `trapline_`, base unit and, for counters, `_total`. */
  name: string;
  /** One paragraph: meaning, formula, unit. */
  help: string;
  /** For the reference only: how it is measured, its limits and its neighbours. */
  details?: string;
  type: 'counter' | 'gauge' | 'histogram';
  labels: readonly string[];
  /** Upper bounds of a histogram's buckets in base units, ascending, without +Inf. */
  buckets?: readonly number[];
}

/** What a collector writes one scrape into. */
export interface Sink {
  /** One series of a counter or gauge. Throws where the metric or the number of labels is not as declared. */
  sample(metric: MetricDefinition, labelValues: readonly string[], value: number): void;
  /**
   * One histogram. `counts` are per bucket, not cumulative, and one longer than `metric.buckets` (the last is
   * +Inf); `sum` is in base units.
   */
  histogram(
    metric: MetricDefinition,
    labelValues: readonly string[],
    counts: readonly number[],
    sum: number,
  ): void;
}

/** A collector without its power to collect: enough for `--help` and the reference. */
export interface CollectorDescription {
  /** The word in `--collector.<name>` and in the label `collector`. */
  readonly name: string;
  /** One line for `--help` and the reference. */
  readonly help: string;
  /** Every metric that `collect` may write. */
  readonly metrics: readonly MetricDefinition[];
}

/** A source of metrics that is asked once per scrape and can fail alone. */
export interface Collector extends CollectorDescription {
  /**
   * Writes the present values. What it throws costs only its own series of this scrape. One with much to write yields now and
   * then, so that others may work meanwhile.
   */
  collect(sink: Sink): Work;
}

/** A cumulative count or sum; the name must end in `_total`. */
export function counter(
  name: string,
  help: string,
  labels: readonly string[] = [],
  details?: string,
): MetricDefinition {
  return checked({ name, help, type: 'counter', labels, ...(details !== undefined && { details }) });
}

/** A value that may fall. */
export function gauge(
  name: string,
  help: string,
  labels: readonly string[] = [],
  details?: string,
): MetricDefinition {
  return checked({ name, help, type: 'gauge', labels, ...(details !== undefined && { details }) });
}

/** A distribution over fixed, ascending upper bounds in base units (+Inf is implied). */
export function histogram(
  name: string,
  help: string,
  labels: readonly string[],
  buckets: readonly number[],
): MetricDefinition {
  return checked({ name, help, type: 'histogram', labels, buckets });
}

/** Refuses at start what Prometheus or `promtool check metrics` would refuse at every scrape. */
function checked(metric: MetricDefinition): MetricDefinition {
  const refuse = (why: string): never => {
    throw new Error(`Metric ${metric.name}: ${why}.`);
  };
  if (!/^trapline_[a-z][a-z0-9_]*$/.test(metric.name))
    refuse('the name must be trapline_ and lower snake case');
  if (metric.name.endsWith('_total') !== (metric.type === 'counter'))
    refuse('counters, and only they, end in _total');
  // OpenMetrics wants quotes in HELP escaped and the older text format wants them plain: do without.
  if (metric.help === '' || /["\\\n]/.test(metric.help))
    refuse('HELP must be one line without quotes or backslashes');
  if (new Set(metric.labels).size !== metric.labels.length) refuse('a label occurs twice');
  for (const label of metric.labels) {
    if (!/^[a-z][a-z0-9_]*$/.test(label) || label === 'le') refuse(`the label name ${label} cannot be used`);
  }
  const buckets = metric.buckets ?? [];
  if (buckets.some((bound, i) => !Number.isFinite(bound) || (i > 0 && bound <= buckets[i - 1]!))) {
    refuse('bucket bounds must be finite and ascend');
  }
  return Object.freeze(metric);
}
