/** Of a correlation nearer to one than this nobody can tell how near. */
const MOST_ALIKE = 0.99;

/** Slow waves of the errors are looked at in samples as long as this, and no more of them than that. */
const LONG = 50;
const MOST_WAVES = 32;

/**
 * How many times as much the error of a slope varies as it would if neighbours in time were independent; at least 1.
 *
 * That error is a sum over the points of their scores: distance of x from its mean × distance of y from the line. Its
 * inflation is told in two ways, of which the larger counts: as of an autoregression of first order, (1 + ρ)/(1 − ρ), and
 * by the mean power of the slowest cosine waves of the scores (Lazarus, Lewis, Stock and Watson 2018).
 *
 * @param away distances of x from its mean, in the order of time
 * @param errors distances of y from the line, as many
 */
export function inflationOf(away: Float64Array, errors: Float64Array): number {
  const scores = away.map((distance, i) => distance * errors[i]!);
  const alike = Math.min(MOST_ALIKE, Math.max(likeness(scores), likeness(away) * likeness(errors)));
  return Math.max((1 + alike) / (1 - alike), inflationByWaves(scores));
}

export const sumOfSquares = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value * value, 0);

/** The correlation of neighbours, which the plain estimate gives too low by about (1 + 3ρ)/n; nought where negative. */
function likeness(values: Float64Array): number {
  const product = values.reduce((sum, value, i) => sum + value * (values[i - 1] ?? 0), 0);
  const seen = product / sumOfSquares(values) || 0;
  return Math.max(0, Math.min(1, seen + (1 + 3 * seen) / values.length));
}

/** The mean power of the slowest waves, as a multiple of that of independent scores. */
function inflationByWaves(scores: Float64Array): number {
  const n = scores.length;
  const squares = sumOfSquares(scores);
  if (n < LONG || squares === 0) {
    return 1;
  }
  const waves = Math.min(MOST_WAVES, Math.round(0.25 * n ** (2 / 3)));
  let power = 0;
  for (let wave = 1; wave <= waves; wave++) {
    const turn = (Math.PI * wave) / n;
    const sum = scores.reduce((total, score, i) => total + score * Math.cos(turn * (i + 0.5)), 0);
    power += (2 / n) * sum * sum;
  }
  return (power / waves) * (n / squares);
}
