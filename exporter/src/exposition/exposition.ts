import { setImmediate } from 'node:timers/promises';
import { Breath } from '../breath.js';
import { Collection, linesOf, type Lines } from './collection.js';
import type { Family } from './family.js';
import { DEFAULT_MAX_SERIES, type Collector, type MetricDefinition, type Sink } from './metric.js';
import { ProcessMetrics } from './process_metrics.js';
import { buildInfo, collectorDuration, collectorUp, selfMetrics, series, seriesDropped } from './self.js';
import { render, type Format } from './writer.js';

/** The part of a pino logger that is used here. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Who is told what a scrape says, so that the collectors need not be asked again. */
export interface Listener {
  /** What a collector, which is asked now, is to write into as well. */
  hear(collector: string): Sink;
  failed(collector: string, error: unknown): void;
  /** All collectors have been asked. */
  end(): void;
}

export interface ExpositionOptions {
  /** The enabled collectors; they run in this order. */
  collectors: readonly Collector[];
  build: { version: string; kernel: string; libbpf: string };
  log: Log;
  /** Budget of series for each collector and scrape. */
  maxSeries?: number;
  /** Whether to add the `process_*` and `nodejs_*` metrics (default true). */
  processMetrics?: boolean;
  /** Asked before each scrape. */
  listener?: () => Listener | undefined;
}

/** What is remembered of a collector from scrape to scrape. */
interface Memory {
  collector: Collector;
  lines: Lines;
  failure: string;
  overBudget: boolean;
  dropped: number;
}

/** Runs the collectors and writes what they say. One instance serves one exporter. */
export class Exposition {
  private readonly records: Memory[];
  private readonly order: readonly MetricDefinition[];
  private readonly ownLines = linesOf(selfMetrics);
  private readonly process: ProcessMetrics | undefined;
  private running: Promise<Snapshot> | undefined;

  /** Throws where two collectors bear one name or two different metrics do. */
  constructor(private readonly options: ExpositionOptions) {
    const { collectors } = options;
    this.records = collectors.map((collector) => ({
      collector,
      lines: linesOf(collector.metrics),
      failure: '',
      overBudget: false,
      dropped: 0,
    }));
    this.order = distinctMetrics([{ name: 'exposition', metrics: selfMetrics }, ...collectors]);
    this.process = options.processMetrics === false ? undefined : new ProcessMetrics();
  }

  /** The text of a scrape, in pieces. Requests that wait at the same time get the same collection, and the same array. */
  async scrape(format: Format): Promise<readonly Buffer[]> {
    this.running ??= this.snapshot().finally(() => (this.running = undefined));
    const { families, texts } = await this.running;
    const text = texts[format] ?? render(families, format);
    texts[format] = text;
    return text;
  }

  private async snapshot(): Promise<Snapshot> {
    // Requests that arrived together are all in this turn of the event loop: let them join.
    await setImmediate();
    const listener = this.options.listener?.();
    const collections: Run[] = [];
    for (const record of this.records) collections.push(await this.run(record, listener));
    listener?.end();
    const own = this.ownMetrics(collections);
    const families = merge(this.order, [own, ...collections.map((c) => c.collection)]);
    return { families: [...families, ...((await this.process?.collect()) ?? [])], texts: {} };
  }

  private async run(record: Memory, listener?: Listener): Promise<Run> {
    const { metrics, name } = record.collector;
    let collection = new Collection(record.lines, this.options.maxSeries ?? DEFAULT_MAX_SERIES);
    const breath = new Breath();
    let failure = '';
    try {
      const sink = listener ? both(collection, listener.hear(name)) : collection;
      await breath.through(record.collector.collect(sink));
    } catch (error) {
      listener?.failed(name, error);
      failure = (error instanceof Error && error.message) || String(error) || 'unknown error';
      // Half of a collector's series would make wrong sums; none make a gap that everybody sees.
      collection = new Collection(linesOf(metrics));
    }
    const seconds = breath.worked / 1000;
    record.dropped += collection.dropped;
    this.report(record, failure, collection.dropped);
    return { record, collection, seconds };
  }

  /** Logs changes of state only: a scrape every few seconds must not fill a disk. */
  private report(record: Memory, failure: string, dropped: number): void {
    const { log } = this.options;
    const { name } = record.collector;
    if ((failure === '') !== (record.failure === '')) {
      if (failure) log.warn({ collector: name }, `Collector ${name} failed and is left out: ${failure}`);
      else log.info({ collector: name }, `Collector ${name} works again.`);
    }
    record.failure = failure;
    if (failure === '' && dropped > 0 !== record.overBudget) {
      if (dropped > 0) {
        log.warn(
          { collector: name, dropped },
          `Collector ${name} has more series than its budget; ${dropped} are left out.`,
        );
      } else log.info({ collector: name }, `Collector ${name} is within its budget of series again.`);
      record.overBudget = dropped > 0;
    }
  }

  private ownMetrics(runs: readonly Run[]): Collection {
    const { version, kernel, libbpf } = this.options.build;
    const own = new Collection(this.ownLines);
    own.sample(buildInfo, [version, kernel, libbpf], 1);
    for (const { record, collection, seconds } of runs) {
      const labels = [record.collector.name];
      own.sample(collectorUp, labels, record.failure === '' ? 1 : 0);
      own.sample(collectorDuration, labels, seconds);
      own.sample(series, labels, collection.series);
      own.sample(seriesDropped, labels, record.dropped);
    }
    return own;
  }
}

const both = (first: Sink, second: Sink): Sink => ({
  sample(metric, labelValues, value) {
    first.sample(metric, labelValues, value);
    second.sample(metric, labelValues, value);
  },
  histogram(metric, labelValues, counts, sum) {
    first.histogram(metric, labelValues, counts, sum);
    second.histogram(metric, labelValues, counts, sum);
  },
});

/** What all collectors said, and the texts that were made of it. */
interface Snapshot {
  families: readonly Family[];
  texts: Partial<Record<Format, readonly Buffer[]>>;
}

interface Run {
  record: Memory;
  collection: Collection;
  seconds: number;
}

/** Several collectors may write one metric (its label then tells them apart), but only by sharing the definition. */
function distinctMetrics(
  parts: readonly { name: string; metrics: readonly MetricDefinition[] }[],
): MetricDefinition[] {
  const byName = new Map<string, MetricDefinition>();
  const collectors = new Set<string>();
  for (const { name, metrics } of parts) {
    if (collectors.has(name)) throw new Error(`Two collectors are called ${name}.`);
    collectors.add(name);
    for (const metric of metrics) {
      const known = byName.get(metric.name);
      if (known && known !== metric) throw new Error(`Two metrics are called ${metric.name}.`);
      byName.set(metric.name, metric);
    }
  }
  return [...byName.values()];
}

/** Brings the series of one metric together, whoever wrote them, as the formats demand. */
function merge(order: readonly MetricDefinition[], collections: readonly Collection[]): Family[] {
  const merged = new Map<MetricDefinition, Family>(order.map((metric) => [metric, { metric, series: [] }]));
  for (const { families } of collections)
    for (const { metric, series } of families) merged.get(metric)!.series.push(...series);
  return [...merged.values()];
}
