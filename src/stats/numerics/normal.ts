/**
 * The normal distribution: the logarithm of its distribution function by the incomplete gamma function
 * (Φ(-x) = ½ Q(½, x²/2), exact in the tail), its quantile by Acklam's rational approximation with one step of Halley.
 */

import { checkFraction } from '../input.ts';
import { logGammaUpper } from './incomplete.ts';

const MAX_X = 1e150;

/** ln Φ(x) for any x; -Infinity where x² is beyond the numbers. */
export function logNormalCdf(x: number): number {
  if (Math.abs(x) > MAX_X) return x > 0 ? 0 : Number.NEGATIVE_INFINITY;
  const tail = logGammaUpper(0.5, (x * x) / 2) - Math.LN2;
  return x <= 0 ? tail : Math.log1p(-Math.exp(tail));
}

/** The x with Φ(x) = p, for 0 < p < 1. Throws `StatsInputError` outside. */
export function normalQuantile(p: number): number {
  checkFraction(p, 'p');
  if (p > 0.5) return -normalQuantile(1 - p);
  const x = acklam(p);
  // Halley on ln Φ keeps its digits in the far tail: with h = Φ(x)/φ(x) and e the error of the logarithm.
  const logCdf = logNormalCdf(x);
  const hazard = Math.exp(-0.5 * x * x - 0.5 * Math.log(2 * Math.PI) - logCdf);
  const error = logCdf - Math.log(p);
  return x - error / (hazard + 0.5 * error * (x + hazard));
}

const A = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
];
const B = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1,
];
const C = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
const CENTRAL_FROM = 0.02425;

/** Relative error below 1.2e-9 for 0 < p <= ½. */
function acklam(p: number): number {
  if (p < CENTRAL_FROM) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(C, q) / polynomial(D, q);
  }
  const q = p - 0.5;
  return (q * polynomial(A, q * q)) / polynomial(B, q * q);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
