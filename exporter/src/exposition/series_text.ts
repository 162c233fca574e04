import type { MetricDefinition } from './metric.js';

/** Characters that are turned into bytes at a time. */
export const PIECE = 1 << 16;

/**
 * The series of one metric as text, which is the same in both formats, byte for byte as prom-client would write them, but for
 * NaN, which that spells `Nan`. prom-client takes an object for each series and writes when the last one is there, while
 * everything else waits; here a series is text as soon as it is said, and leaves nothing else behind.
 */
export class SeriesText {
  /** What is bytes already. */
  readonly pieces: Buffer[] = [];
  /** What comes after them. */
  rest = '';
  readonly #name: string;
  readonly #braces: readonly [open: string, close: string];
  /** The start of the line of each bucket. */
  readonly #buckets: readonly string[];

  constructor({ name, labels, buckets = [] }: MetricDefinition) {
    this.#name = name;
    this.#braces = labels.length === 0 ? ['', ''] : ['{', '}'];
    const next = labels.length === 0 ? '' : ',';
    this.#buckets = [...buckets, '+Inf'].map((bound) => `${name}_bucket{le="${bound}"${next}`);
  }

  get empty(): boolean {
    return this.rest === '' && this.pieces.length === 0;
  }

  /** `labels` is a `LabelText`. */
  sample(labels: string, value: number): void {
    const [open, close] = this.#braces;
    this.#write(`${this.#name}${open}${labels}${close} ${number(value)}\n`);
  }

  /** `counts` are per bucket, the last is +Inf. */
  histogram(labels: string, counts: readonly number[], sum: number): void {
    const [open, close] = this.#braces;
    let text = '';
    let count = 0;
    for (let i = 0; i < this.#buckets.length; i++)
      text += `${this.#buckets[i]}${labels}} ${number((count += counts[i]!))}\n`;
    const braced = open + labels + close;
    this.#write(
      `${text}${this.#name}_sum${braced} ${number(sum)}\n${this.#name}_count${braced} ${number(count)}\n`,
    );
  }

  #write(text: string): void {
    this.rest += text;
    if (this.rest.length < PIECE) return;
    this.pieces.push(Buffer.from(this.rest));
    this.rest = '';
  }
}

/** As both formats write numbers: Go's, which differ from JavaScript's in the infinities only. */
function number(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
