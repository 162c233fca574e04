/** Analysis of variance: how much of what differs between cells goes with which factor. */
import { fTail } from './distributions.js';
import { meanOf } from './interval.js';
import { leastSquares } from './leastSquares.js';

/** One measurement: the level of each factor, and what was measured. */
export interface Observation {
  levels: Readonly<Record<string, string>>;
  value: number;
}

/** A factor, or two that act together. */
export interface Effect {
  /** One name for a main effect, two for an interaction. */
  factors: readonly string[];
  freedom: number;
  /** Sum of squares of Type II: what the term explains beyond all terms that do not contain it. */
  squares: number;
  /** Mean square over that of the residual. Undefined where there is no residual. */
  f?: number;
  /** How probable so large an F is where the term has no effect. */
  p?: number;
  /** Share of the variance that is left beside the other terms, as seen in this sample. */
  partialEtaSquared: number;
  /** Estimated share of all variance in further samples; nought where chance explains as much. Undefined without a residual. */
  omegaSquared?: number;
}

export interface Anova {
  effects: Effect[];
  residual: { freedom: number; squares: number };
  /** Squares around the mean of all. */
  total: { freedom: number; squares: number };
  /** Factors that were left out because they have one level. */
  constant: string[];
}

/**
 * Fixed effects of the named factors with all interactions of two. Sums of squares are of Type II, which for balanced data are those
 * of Type I and III too. A term of which no combination was measured has no degree of freedom and is left out.
 *
 * @throws Error where there are fewer than two observations
 */
export function anova(observations: readonly Observation[], factors: readonly string[]): Anova {
  if (observations.length < 2) throw new Error('an analysis of variance wants two observations at least');
  const varied = factors.filter((factor) => levelsOf(observations, factor).length > 1);
  const terms = [...varied.map((factor) => [factor]), ...pairsOf(varied)];
  const model = new Model(observations);
  const full = model.fit(terms);
  const residual = { freedom: observations.length - full.rank, squares: full.squares };
  const total = { freedom: observations.length - 1, squares: model.fit([]).squares };
  const effects = terms
    .map((term) => model.contribution(term, terms))
    .filter(({ freedom }) => freedom > 0)
    .map((term) => judged(term, residual, total.squares));
  return { effects, residual, total, constant: factors.filter((factor) => !varied.includes(factor)) };
}

type Term = readonly string[];
type Contribution = Pick<Effect, 'factors' | 'freedom' | 'squares'>;

class Model {
  readonly #y: readonly number[];

  constructor(readonly observations: readonly Observation[]) {
    // Around the mean, so that a large mean does not drown small differences.
    const mean = meanOf(observations.map(({ value }) => value));
    this.#y = observations.map(({ value }) => value - mean);
  }

  fit(terms: readonly Term[]) {
    const one = this.observations.map(() => 1);
    return leastSquares([one, ...terms.flatMap((term) => this.#indicators(term))], this.#y);
  }

  contribution(term: Term, terms: readonly Term[]): Contribution {
    const others = terms.filter((other) => !term.every((factor) => other.includes(factor)));
    const [less, more] = [this.fit(others), this.fit([...others, term])];
    return { factors: term, freedom: more.rank - less.rank, squares: less.squares - more.squares };
  }

  /** A column for each combination of levels: one where it was measured, nought elsewhere. */
  #indicators(term: Term): number[][] {
    const keys = this.observations.map(({ levels }) => JSON.stringify(term.map((factor) => levels[factor])));
    return [...new Set(keys)].map((level) => keys.map((key) => (key === level ? 1 : 0)));
  }
}

function judged(term: Contribution, residual: Anova['residual'], total: number): Effect {
  const squares = Math.max(0, term.squares);
  const partialEtaSquared = squares === 0 ? 0 : squares / (squares + residual.squares);
  if (residual.freedom === 0) return { ...term, squares, partialEtaSquared };
  const error = residual.squares / residual.freedom;
  const f = squares === 0 ? 0 : squares / term.freedom / error;
  const omega = (squares - term.freedom * error) / (total + error);
  return {
    ...term,
    squares,
    f,
    p: fTail(f, term.freedom, residual.freedom),
    partialEtaSquared,
    omegaSquared: total + error > 0 ? Math.max(0, omega) : 0,
  };
}

const levelsOf = (observations: readonly Observation[], factor: string): string[] => [
  ...new Set(observations.map(({ levels }) => levels[factor]!)),
];

const pairsOf = (names: readonly string[]): [string, string][] =>
  names.flatMap((a, i) => names.slice(i + 1).map((b): [string, string] => [a, b]));
