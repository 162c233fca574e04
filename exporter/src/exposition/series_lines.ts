import { labelText } from './label_text.js';
import type { MetricDefinition } from './metric.js';
import { byteString, type ByteString } from './text_bytes.js';

/** What the lines of one series start with, up to the value: one, or those of a histogram's buckets, sum and count. */
export type LineStarts = readonly ByteString[];

/** Writes them as both text formats have them. One label value for each name. */
export function lineStarts(
  { name, type, labels, buckets = [] }: MetricDefinition,
  values: readonly string[],
): LineStarts {
  const text = labelText(labels, values);
  const start = (suffix: string, ...all: string[]): ByteString =>
    byteString(`${name}${suffix}${all.length > 0 ? `{${all.join(',')}}` : ''} `);
  const own = text === '' ? [] : [text];
  if (type !== 'histogram') return [start('', ...own)];
  const bounds = [...buckets, '+Inf'].map((bound) => start('_bucket', `le="${bound}"`, ...own));
  return [...bounds, start('_sum', ...own), start('_count', ...own)];
}

/** A series that was said. */
interface Known {
  readonly starts: LineStarts;
  /** The collection that said it last. */
  by: number;
}

/** Known series by the value of one label after another. */
type Branch = Map<string, Branch | Known>;

/** The way to the series of a metric without labels. */
const UNLABELLED = [''];

/** So many series more than twice those that were said may be remembered. */
const SLACK = 64;

/**
 * The series of one metric. A scrape says almost the same ones as that before: what their lines start with is written once and
 * kept for as long as they are said.
 */
export class SeriesLines {
  readonly #tree: Branch = new Map();
  #known = 0;
  #said = 0;
  #collection = 0;

  constructor(private readonly metric: MetricDefinition) {}

  /** How many series are remembered. */
  get known(): number {
    return this.#known;
  }

  /** Starts another collection. Series that the last one did not say are forgotten when they are more than those that it said. */
  begin(): void {
    if (this.#known > 2 * this.#said + SLACK) this.#forget(this.#tree);
    this.#collection++;
    this.#said = 0;
  }

  /** The starts of the lines of a series; undefined where this collection has said it before. One value for each label. */
  take(labelValues: readonly string[]): LineStarts | undefined {
    const series = this.#find(labelValues) ?? this.#add(labelValues.map((value) => value.toWellFormed()));
    if (series.by === this.#collection) return undefined;
    series.by = this.#collection;
    this.#said++;
    return series.starts;
  }

  #find(labelValues: readonly string[]): Known | undefined {
    let at: Branch | Known | undefined = this.#tree;
    for (const value of pathOf(labelValues)) at = (at as Branch | undefined)?.get(value);
    return at as Known | undefined;
  }

  /** Values that differ only in what UTF-8 cannot say are one series. */
  #add(labelValues: readonly string[]): Known {
    const known = this.#find(labelValues);
    if (known) return known;
    const path = pathOf(labelValues);
    let branch = this.#tree;
    for (const value of path.slice(0, -1)) {
      const next = (branch.get(value) as Branch | undefined) ?? new Map();
      branch.set(value, next);
      branch = next;
    }
    const series = { starts: lineStarts(this.metric, labelValues), by: 0 };
    branch.set(path.at(-1)!, series);
    this.#known++;
    return series;
  }

  #forget(branch: Branch): void {
    for (const [value, next] of branch) {
      if (next instanceof Map) this.#forget(next);
      else if (next.by === this.#collection) continue;
      else this.#known--;
      if (!(next instanceof Map) || next.size === 0) branch.delete(value);
    }
  }
}

const pathOf = (labelValues: readonly string[]): readonly string[] =>
  labelValues.length === 0 ? UNLABELLED : labelValues;
