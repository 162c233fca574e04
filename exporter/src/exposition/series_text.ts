import type { LineStarts } from './series_lines.js';
import { TextBytes } from './text_bytes.js';

/**
 * The series of one metric as text, which is the same in both formats, byte for byte as prom-client would write them, but for
 * NaN, which that spells `Nan`. prom-client takes an object for each series and writes when the last one is there, while
 * everything else waits; here a series is text as soon as it is said, and leaves nothing else behind.
 */
export class SeriesText {
  readonly #text = new TextBytes();

  get empty(): boolean {
    return this.#text.empty;
  }

  /** The text so far. */
  get pieces(): Buffer[] {
    return this.#text.pieces;
  }

  sample(starts: LineStarts, value: number): void {
    this.#text.line(starts[0]!, number(value));
  }

  /** `counts` are per bucket, the last is +Inf. */
  histogram(starts: LineStarts, counts: readonly number[], sum: number): void {
    let count = 0;
    for (let i = 0; i < counts.length; i++) this.#text.line(starts[i]!, number((count += counts[i]!)));
    this.#text.line(starts[counts.length]!, number(sum));
    this.#text.line(starts[counts.length + 1]!, number(count));
  }
}

/** As both formats write numbers: Go's, which differ from JavaScript's in the infinities only. */
function number(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
