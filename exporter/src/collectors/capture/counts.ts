import type { CaptureSocket } from './socket.js';

/** The kernel counts packets of a socket in 32 bits: an hour of a million a second. */
const WRAP = 2 ** 32;

/** What one socket ever counted, made of what is seen of it now and then: never falls. */
export class Counts {
  readonly #values = [0, 0, 0];
  /** What the kernel's counters went through without being in them or in what was folded: whole turns, lost resets. */
  readonly #carried = [0, 0, 0];
  #unseenResets = 0;

  /** Resets that nobody folded: what came between the last look and the reset is missing. */
  get unseenResets(): number {
    return this.#unseenResets;
  }

  /**
   * Takes in what was seen now and returns by how much each count grew. `folds` tells whether what the application clears
   * is folded: a count that falls is then about to be folded; otherwise it was cleared, and all three were.
   */
  update({ folded, current }: Pick<CaptureSocket, 'folded' | 'current'>, folds: boolean): number[] {
    const total = (i: number): number => this.#carried[i]! + folded[i]! + current[i]!;
    const fall = this.#values.map((value, i) => value - total(i));
    const cleared = !folds && fall.some((by) => by > 0 && by <= WRAP / 2);
    if (cleared) this.#unseenResets++;
    return this.#values.map((value, i) => {
      if (cleared) this.#carried[i] = value - folded[i]!;
      else if (fall[i]! > WRAP / 2) this.#carried[i]! += WRAP;
      this.#values[i] = Math.max(value, total(i));
      return this.#values[i] - value;
    });
  }
}
