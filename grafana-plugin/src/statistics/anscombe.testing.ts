const X123 = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5] as const;

/**
 * Four sets that share their line and Pearson's r, and nothing else (Anscombe, "Graphs in Statistical Analysis", 1973),
 * with the coefficients that R's documentation of `anscombe` prints: intercept, slope, and the p of the slope.
 */
export const ANSCOMBE = [
  {
    name: 'I',
    xs: X123,
    ys: [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68],
    intercept: 3.00009,
    slope: 0.50009,
    r: 0.81642,
    p: 0.00217,
  },
  {
    name: 'II',
    xs: X123,
    ys: [9.14, 8.14, 8.74, 8.77, 9.26, 8.1, 6.13, 3.1, 9.13, 7.26, 4.74],
    intercept: 3.00091,
    slope: 0.5,
    r: 0.81624,
    p: 0.00218,
  },
  {
    name: 'III',
    xs: X123,
    ys: [7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73],
    intercept: 3.00245,
    slope: 0.49973,
    r: 0.81629,
    p: 0.00218,
  },
  {
    name: 'IV',
    xs: [8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8],
    ys: [6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.5, 5.56, 7.91, 6.89],
    intercept: 3.00173,
    slope: 0.49991,
    r: 0.81652,
    p: 0.00216,
  },
] as const;
