import type { CaptureSocket, Counters } from './socket.js';

/** The kernel counts packets of a socket in 32 bits: an hour of a million a second. */
const WRAP = 2 ** 32;

/** What one socket ever counted, made of what is seen of it now and then: never falls. */
export class Counts {
  readonly #values: [number, number, number] = [0, 0, 0];
  /** Whole turns of the kernel's counters. */
  readonly #turns = [0, 0, 0];

  /** What the socket ever counted. */
  get values(): Counters {
    return this.#values;
  }

  /**
   * Takes in what was seen now and returns by how much each count grew. A count that falls was cleared by the application
   * and is about to be folded.
   */
  update({ folded, current }: Pick<CaptureSocket, 'folded' | 'current'>): number[] {
    const total = (i: number): number => this.#turns[i]! + folded[i]! + current[i]!;
    return this.#values.map((value, i) => {
      if (value - total(i) > WRAP / 2) this.#turns[i]! += WRAP;
      this.#values[i] = Math.max(value, total(i));
      return this.#values[i] - value;
    });
  }
}
