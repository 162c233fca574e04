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
  const basis: number[][] = [];
  for (const column of columns) {
    const rest = without(without(column, basis), basis);
    const length = norm(rest);
    if (length > NOTHING_NEW * norm(column)) basis.push(rest.map((value) => value / length));
  }
  const residual = without(without(y, basis), basis);
  return { rank: basis.length, squares: product(residual, residual) };
}

/** A vector less its parts along perpendicular vectors of length one. */
function without(vector: readonly number[], basis: readonly (readonly number[])[]): readonly number[] {
  return basis.reduce((rest, direction) => {
    const along = product(rest, direction);
    return rest.map((value, i) => value - along * direction[i]!);
  }, vector);
}

const product = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const norm = (a: readonly number[]): number => Math.sqrt(product(a, a));
