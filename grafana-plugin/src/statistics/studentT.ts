/**
 * Student's t distribution, by way of the regularised incomplete beta function.
 */

/** Lanczos' coefficients for g = 7, as computed by Godfrey: 15 digits. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** The logarithm of the gamma function for x ≥ 0.5. */
export function logGamma(x: number): number {
  const z = x - 1;
  const series = LANCZOS.reduce(
    (sum, coefficient, i) => sum + (i === 0 ? coefficient : coefficient / (z + i)),
    0,
  );
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(series);
}

/**
 * The regularised incomplete beta function I_x(a, b), by the continued fraction DLMF 8.17.22 on the side where it
 * converges fast.
 *
 * @param x 0 … 1
 * @param rest 1 − x, given apart because the difference would lose the digits of a small rest
 */
export function incompleteBeta(x: number, a: number, b: number, rest = 1 - x): number {
  if (x <= 0 || rest <= 0) {
    return x <= 0 ? 0 : 1;
  }
  if (x > (a + 1) / (a + b + 2)) {
    return 1 - incompleteBeta(rest, b, a, x);
  }
  const scale = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(rest);
  return Math.exp(scale) / (a * betaFraction(x, a, b));
}

const PRECISION = 1e-16;
const NOT_NOUGHT = 1e-300;

/** 1 + d₁/(1 + d₂/(1 + …)), from the front by the method of Lentz. */
function betaFraction(x: number, a: number, b: number): number {
  let value = 1;
  let c = 1;
  let d = 0;
  for (let i = 1; i < 100_000; i++) {
    const m = i >> 1;
    const term =
      i % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + term * d || NOT_NOUGHT);
    c = 1 + term / c || NOT_NOUGHT;
    value *= c * d;
    if (Math.abs(c * d - 1) < PRECISION) {
      break;
    }
  }
  return value;
}

/** The probability that Student's t with so many degrees of freedom lies at least as far from nought as `t`. */
export function twoSidedT(t: number, freedom: number): number {
  const square = t * t;
  return incompleteBeta(freedom / (freedom + square), freedom / 2, 0.5, square / (freedom + square));
}

/**
 * The probability that n independent pairs without any relation correlate at least as strongly as `r`, either way:
 * Student's t with n − 2 degrees of freedom at t = r √((n − 2)/(1 − r²)).
 */
export function twoSidedR(r: number, n: number): number {
  return incompleteBeta((1 - r) * (1 + r), (n - 2) / 2, 0.5, r * r);
}
