import type { Plan } from '../plan/plan.js';

/** Seconds that a cell takes beside its load, before any has been measured: what a fast machine takes. */
const AROUND = 10;

/** Seconds that so many cells take, as far as can be told before any has been measured. */
export function expectedSeconds({ duration }: Plan, cells: number): number {
  return cells * (duration + AROUND);
}

/** Tells how long the rest takes, from how long the cells before have taken. */
export class Estimate {
  readonly #plan: Plan;
  #measured = 0;
  #seconds = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** A cell has taken so long, with everything around it. */
  add(seconds: number): void {
    this.#measured++;
    this.#seconds += seconds;
  }

  secondsFor(cells: number): number {
    return this.#measured === 0
      ? expectedSeconds(this.#plan, cells)
      : (cells * this.#seconds) / this.#measured;
  }
}
