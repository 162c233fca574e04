/** What a linear model leaves unexplained. */
export interface Fit {
  /** Columns that say something the others do not. */
  rank: number;
  /** Sum of the squared residuals. */
  squares: number;
}

/** A column of which less than this is new is a mixture of those before it: a combination that was never measured leaves such. */
const NOTHING_NEW = 1e-9;

/**
 * Fits y by a mixture of columns with the least squared residuals. The columns are made perpendicular one after the other, each
 * twice: once leaves rounding behind, twice is enough (Giraud, Langou and Rozložník 2005).
 */
export function leastSquares(columns: readonly (readonly number[])[], y: readonly number[]): Fit {
  const basis: Float64Array[] = [];
  for (const column of columns) {
    const rest = residual(column, basis);
    const length = Math.sqrt(product(rest, rest));
    if (length > NOTHING_NEW * Math.hypot(...column)) basis.push(rest.map((value) => value / length));
  }
  const left = residual(y, basis);
  return { rank: basis.length, squares: product(left, left) };
}

/** A vector less its parts along perpendicular vectors of length one. */
function residual(vector: readonly number[], basis: readonly Float64Array[]): Float64Array {
  const rest = Float64Array.from(vector);
  for (const direction of [...basis, ...basis]) {
    const along = product(rest, direction);
    for (let i = 0; i < rest.length; i++) rest[i]! -= along * direction[i]!;
  }
  return rest;
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
