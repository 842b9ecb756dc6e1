/**
 * Uniform boundaries from conjugate mixtures (Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric,
 * nonasymptotic confidence sequences", Annals of Statistics 49, 2021; parametrised as in their reference code).
 *
 * s is a sum of deviations from the null and v its intrinsic time (variance accumulated so far). `logMixture` is the
 * natural log of the supermartingale at (s, v), `mixtureBound` the s at which that reaches ln(1/alpha), and rho tunes
 * the mixture to be tightest at v_opt.
 */

import { checkBetween, checkFraction, checkPositive, MAX_TIME, StatsInputError } from '../input.ts';
import { logBetaKernel, logBetaRatio, logGammaLower, logGammaUpper } from '../numerics/incomplete.ts';
import { logNormalCdf } from '../numerics/normal.ts';
import { findRoot } from '../numerics/root.ts';
import { lgamma } from '../numerics/special.ts';

export type Sides = 1 | 2;

/** Which increments the sum has, beyond a variance. */
export type Family =
  | { kind: 'normal'; sides: Sides }
  /** Increments between -g and h. */
  | { kind: 'beta-binomial'; sides: Sides; g: number; h: number }
  /** Increments with a right tail like a centred Poisson's or exponential's of scale c; one-sided. */
  | { kind: 'gamma-poisson'; c: number }
  | { kind: 'gamma-exponential'; c: number };

/** Of the gamma mixtures, whose functions need about the root of this many terms. */
const MAX_SHAPE = 1e9;
/** The level for which `rho` is tuned unless said otherwise, as in the reference code. */
const TUNING_ALPHA = 0.05;
/** What v_opt is divided by: 2 ln(1/alpha) + ln(1 + 2 ln(1/alpha)). */
export const TUNING = tuning(TUNING_ALPHA);

function tuning(alpha: number): number {
  const twice = -2 * Math.log(alpha);
  return twice + Math.log1p(twice);
}

/** The mixture's parameter that makes the boundary at `alpha` tightest at intrinsic time `vOpt`. */
export function bestRho(vOpt: number, alpha: number, sides: Sides): number {
  checkTime(vOpt, 'vOpt');
  checkFraction(sides === 2 ? alpha : 2 * alpha, sides === 2 ? 'alpha' : '2 alpha');
  return vOpt / tuning(sides === 2 ? alpha : 2 * alpha);
}

/** ln of the mixture at sum `s` and intrinsic time `v` > 0. Throws `StatsInputError` on parameters out of range. */
export function logMixture(family: Family, s: number, v: number, vOpt: number): number {
  checkTime(v, 'v');
  checkBetween(s, -MAX_TIME, MAX_TIME, 's');
  return prepared(family, v, vOpt)(s);
}

/**
 * The smallest s >= 0 at which the mixture has reached ln(1/alpha) at intrinsic time `v`; Infinity where the increments'
 * bound lets it never do so. Throws `StatsInputError`.
 */
export function mixtureBound(family: Family, v: number, alpha: number, vOpt: number): number {
  checkTime(v, 'v');
  checkFraction(alpha, 'alpha');
  const logE = prepared(family, v, vOpt);
  const needed = Math.log(1 / alpha);
  const most = family.kind === 'beta-binomial' ? (v / family.g) * (1 - 1e-12) : Number.POSITIVE_INFINITY;
  let high = Math.min(most, Math.sqrt(v));
  while (logE(high) < needed) {
    if (high >= most) return Number.POSITIVE_INFINITY;
    high = Math.min(most, 2 * high);
  }
  return findRoot((s) => logE(s) - needed, 0, high, 1e-12 * high);
}

function prepared(family: Family, v: number, vOpt: number): (s: number) => number {
  switch (family.kind) {
    case 'normal':
      return normal(v, bestRho(vOpt, TUNING_ALPHA, family.sides), family.sides);
    case 'beta-binomial':
      return betaBinomial(v, vOpt, family);
    case 'gamma-poisson':
      return gammaPoisson(gammaShapes(v, vOpt, family.c), family.c);
    case 'gamma-exponential':
      return gammaExponential(gammaShapes(v, vOpt, family.c), family.c);
  }
}

function checkTime(time: number, name: string): void {
  checkBetween(time, 1 / MAX_TIME, MAX_TIME, name);
}

function normal(v: number, rho: number, sides: Sides): (s: number) => number {
  return (s) => {
    const twoSided = 0.5 * Math.log(rho / (v + rho)) + (s * s) / (2 * (v + rho));
    return sides === 2 ? twoSided : twoSided + Math.LN2 + logNormalCdf(s / Math.sqrt(v + rho));
  };
}

function betaBinomial(
  v: number,
  vOpt: number,
  { sides, g, h }: Family & { kind: 'beta-binomial' },
): (s: number) => number {
  checkBetween(g, 1e-6, 1e6, 'g');
  checkBetween(h, 1e-6, 1e6, 'h');
  const span = g + h;
  const r = Math.max(bestRho(vOpt, TUNING_ALPHA, sides) - g * h, 0.001 * g * h);
  const logE = betaMixture(h / span, [r / (g * span), r / (h * span)], sides);
  return (s) => {
    if (s >= v / g || s <= -v / h) {
      throw new StatsInputError(`s is ${s}: with increments from -g to h it must lie between -v/h and v/g`);
    }
    return logE((v - g * s) / (g * span), (v + h * s) / (h * span));
  };
}

/**
 * ln of the mixture of likelihood ratios against a success probability of `x`, over a Beta prior, as a function of the
 * successes and failures seen. One-sided, the prior is cut off above x: evidence for a smaller probability.
 */
export function betaMixture(
  x: number,
  [a, b]: readonly [number, number],
  sides: Sides,
): (successes: number, failures: number) => number {
  if (sides === 2) {
    const prior = logBetaKernel(x, a, b);
    return (successes, failures) => prior - logBetaKernel(x, a + successes, b + failures);
  }
  const prior = logBetaRatio(x, a, b);
  return (successes, failures) => logBetaRatio(x, a + successes, b + failures) - prior;
}

/** The mixing gamma's shape before and after time v, both in units of c²; and that time. */
interface Shapes {
  q: number;
  a: number;
  time: number;
}

function gammaShapes(v: number, vOpt: number, c: number): Shapes {
  checkPositive(c, 'c');
  const q = bestRho(vOpt, TUNING_ALPHA, 1) / (c * c);
  const time = v / (c * c);
  checkBetween(q, 1 / MAX_SHAPE, MAX_SHAPE, 'vOpt / (3.55 c²)');
  checkBetween(time, 1 / MAX_SHAPE, MAX_SHAPE, 'v / c²');
  return { q, a: time + q, time };
}

/** Increments with such a right tail are at least -c. */
function checkLowest(aboveLowest: number, s: number): void {
  if (aboveLowest < 0) throw new StatsInputError(`s is ${s}: with these increments it cannot lie below -v/c`);
}

function gammaPoisson({ q, a, time }: Shapes, c: number): (s: number) => number {
  const prior = q * Math.log(q) - lgamma(q) - logGammaUpper(q, q);
  return (s) => {
    checkLowest(s / c + time, s);
    const b = s / c + a;
    return prior + lgamma(b) + logGammaUpper(b, a) - b * Math.log(a) + time;
  };
}

function gammaExponential({ q, a, time }: Shapes, c: number): (s: number) => number {
  const prior = q * Math.log(q) - lgamma(q) - logGammaLower(q, q);
  return (s) => {
    const w = s / c + time;
    checkLowest(w, s);
    return prior + lgamma(a) + logGammaLower(a, w + q) - a * Math.log(w + q) + w;
  };
}
