/**
 * One coefficient of a linear regression (a treatment effect adjusted for covariates), valid at every look.
 *
 * Lindon, Ham, Tingley and Bojinov, "Anytime-Valid Linear Models and Regression Adjusted Causal Inference in Randomized
 * Experiments" (arXiv 2210.08589): the t statistic under a mixture with one parameter g.
 */
import { checkBetween, checkCount, checkFraction, StatsInputError } from './input.ts';

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
  checkBetween(g, 1e-12, 1e15, 'g');
  const shrunk = g / (g + fit.n);
  const square = t * t;
  return (
    0.5 * Math.log(shrunk) + 0.5 * (nu + 1) * (Math.log1p(square / nu) - Math.log1p((shrunk * square) / nu))
  );
}

/** How many standard errors the confidence sequence reaches; Infinity while n is too small for any. */
export function radius(fit: Fit, alpha: number, g: number): number {
  checkFraction(alpha, 'alpha');
  checkBetween(g, 1e-12, 1e15, 'g');
  const nu = degrees(fit);
  const shrunk = g / (g + fit.n);
  const p = Math.exp(Math.log(shrunk * alpha * alpha) / (nu + 1));
  return p > shrunk ? Math.sqrt((nu * (1 - p)) / (p - shrunk)) : Number.POSITIVE_INFINITY;
}

/** The g that makes the sequence shortest at `fit.n` observations, found on [1e-6 n, 1e6 n]. */
export function optimalG(fit: Fit, alpha: number): number {
  const at = (logG: number) => radius(fit, alpha, Math.exp(logG));
  let low = Math.log(1e-6 * fit.n);
  let high = Math.log(1e6 * fit.n);
  const golden = (Math.sqrt(5) - 1) / 2;
  for (let i = 0; i < 100; i++) {
    const [x, y] = [high - golden * (high - low), low + golden * (high - low)];
    const [atX, atY] = [at(x), at(y)];
    // Infinite on the right of the valley only: there g is too large for the sequence to be finite.
    if (atX < atY || atX === Number.POSITIVE_INFINITY) high = y;
    else low = x;
  }
  return Math.exp((low + high) / 2);
}

function degrees({ n, k }: Fit): number {
  checkCount(n, 'n');
  checkCount(k, 'k');
  if (k < 1 || n <= k)
    throw new StatsInputError(`n is ${n} and k is ${k}: a fit needs n above k, and k at least 1`);
  return n - k;
}
