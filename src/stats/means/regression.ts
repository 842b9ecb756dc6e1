/**
 * One coefficient of a linear regression (a treatment effect adjusted for covariates), valid at every look.
 *
 * Lindon, Ham, Tingley and Bojinov, "Anytime-Valid Linear Models and Regression Adjusted Causal Inference in Randomized
 * Experiments" (arXiv 2210.08589): the t statistic under a mixture with one parameter g.
 */
import { checkBetween, checkCount, checkFraction, StatsInputError } from '../input.ts';
import { findMinimum } from '../numerics/minimum.ts';

const MAX_G = 1e25;

export interface Fit {
  /** Observations. */
  n: number;
  /** Coefficients of the model, the intercept included. */
  k: number;
}

/**
 * Natural log of the e-value against "the coefficient is 0", for its t statistic with n - k degrees of freedom.
 * Throws `StatsInputError` unless n > k >= 1 and g > 0.
 */
export function logEvidence(t: number, fit: Fit, g: number): number {
  checkBetween(t, -1e100, 1e100, 't');
  const nu = degrees(fit);
  checkBetween(g, 1e-12, MAX_G, 'g');
  const shrunk = g / (g + fit.n);
  const square = t * t;
  return (
    0.5 * Math.log(shrunk) + 0.5 * (nu + 1) * (Math.log1p(square / nu) - Math.log1p((shrunk * square) / nu))
  );
}

/** How many standard errors the confidence sequence reaches; Infinity while n is too small for any. */
export function radius(fit: Fit, alpha: number, g: number): number {
  checkFraction(alpha, 'alpha');
  checkBetween(g, 1e-12, MAX_G, 'g');
  const nu = degrees(fit);
  const shrunk = g / (g + fit.n);
  const logP = (Math.log(shrunk) + 2 * Math.log(alpha)) / (nu + 1);
  const left = Math.exp(logP) - shrunk;
  return left > 0 ? Math.sqrt((nu * -Math.expm1(logP)) / left) : Number.POSITIVE_INFINITY;
}

/**
 * The g that makes the sequence shortest at `fit.n` observations, found on [1e-6 n, 1e6 n]. Choose it once, for the n that
 * is planned: tuned anew to every look, the sequence is valid at none.
 */
export function optimalG(fit: Fit, alpha: number): number {
  const at = (logG: number) => radius(fit, alpha, Math.exp(logG));
  return Math.exp(findMinimum(at, Math.log(1e-6 * fit.n), Math.log(1e6 * fit.n)));
}

function degrees({ n, k }: Fit): number {
  checkCount(n, 'n');
  checkCount(k, 'k');
  if (k < 1 || n <= k)
    throw new StatsInputError(`n is ${n} and k is ${k}: a fit needs n above k, and k at least 1`);
  return n - k;
}
