/**
 * Boundaries that hold at every time and grow with the law of the iterated logarithm.
 *
 * Polynomial stitching (Howard, Ramdas, McAuliffe and Sekhon 2021, Theorem 1); double stitching for a quantile and the
 * band for a whole distribution function (Howard and Ramdas, "Sequential estimation of quantiles with applications to
 * A/B testing and best-arm identification", Bernoulli 28, 2022, Theorems 1 and 2).
 */
import { checkBetween, checkFraction, MAX_TIME } from '../input.ts';
import { memoized } from '../numerics/memo.ts';
import { findMinimum } from '../numerics/minimum.ts';
import { findRoot } from '../numerics/root.ts';
import { zeta } from '../numerics/special.ts';

const ETA = 2;
const POWER = 1.4;
const DELTA = 0.5;
const K1 = (ETA ** 0.25 + ETA ** -0.25) / Math.SQRT2;
const K2 = (Math.sqrt(ETA) + 1) / 2;

/** The bound of a sub-gamma sum of scale `c` at intrinsic time `v` >= `vMin`, at level `alpha`. */
export function polynomialStitching(v: number, alpha: number, vMin: number, c: number): number {
  checkBetween(vMin, 1 / MAX_TIME, MAX_TIME, 'vMin');
  checkFraction(alpha, 'alpha');
  checkBetween(v, vMin, MAX_TIME, 'v');
  checkBetween(c, 0, MAX_TIME, 'c');
  const l = iterated((ETA * v) / vMin, zeta(POWER), alpha);
  const term = K2 * c * l;
  return Math.sqrt(K1 ** 2 * v * l + term ** 2) + term;
}

function iterated(time: number, constant: number, alpha: number): number {
  return POWER * Math.log(Math.log(time)) + Math.log(constant / Math.log(ETA) ** POWER / alpha);
}

/**
 * How far n F̂(q) may lie above n `p` for the p-quantile q after `t` >= `tOpt` samples: simultaneously for all quantiles
 * and times, at level `alpha`.
 */
export function doubleStitching(p: number, t: number, alpha: number, tOpt: number): number {
  checkFraction(p, 'p');
  checkFraction(alpha, 'alpha');
  checkBetween(tOpt, 1, MAX_TIME, 'tOpt');
  checkBetween(t, tOpt, MAX_TIME, 't');
  const logit = Math.log(p / (1 - p));
  const widened = 1 / (1 + Math.exp(-(logit + 2 * DELTA * Math.sqrt((tOpt * ETA) / t))));
  const r = p >= 0.5 ? p : Math.min(0.5, widened);
  const j = (Math.sqrt(t / tOpt) * Math.abs(logit)) / (2 * DELTA) + 1;
  const z = zeta(POWER);
  const l = iterated((ETA * t) / tOpt, 2 * z * (2 * z + 1), alpha) + POWER * Math.log(j);
  const term = (K2 * (1 - 2 * p) * l) / 3;
  const variance = r * (1 - r);
  return (
    DELTA * Math.sqrt((ETA * t * variance) / tOpt) + Math.sqrt(K1 ** 2 * variance * t * l + term ** 2) + term
  );
}

const BAND_WIDTH = 0.85;

/**
 * Half the width of a band that holds the whole distribution function at every sample size n >= `tMin`, with
 * probability 1 - `alpha`: 0.85 sqrt((ln(1 + ln(n/tMin)) + C)/n). For charts; a verdict on one quantile is several
 * times cheaper with `quantile.ts`. 1 while n < tMin, where the band says nothing.
 */
export function distributionBand(n: number, alpha: number, tMin = 100): number {
  checkFraction(alpha, 'alpha');
  checkBetween(tMin, 1, MAX_TIME, 'tMin');
  checkBetween(n, 0, MAX_TIME, 'n');
  if (n < tMin) return 1;
  const c = bandConstant(alpha);
  return Math.min(1, BAND_WIDTH * Math.sqrt((Math.log1p(Math.log(n / tMin)) + c) / n));
}

/** The smallest C whose error probability, minimised over eta, is at most alpha (Theorem 2). */
const bandConstant = memoized(
  (alpha: number) => findRoot((c) => Math.log(bandError(c)) - Math.log(alpha), 1.5, 800, 1e-11),
  64,
);

/** min over eta in (1, 2A²) with gamma > 1 of 4 e^(-gamma² C) (1 + 1/((gamma² - 1) ln eta)). */
function bandError(c: number): number {
  const error = (logEta: number) => {
    const eta = Math.exp(logEta);
    const gamma = Math.sqrt(2 / eta) * (BAND_WIDTH - Math.sqrt((2 * (eta - 1)) / c));
    if (gamma <= 1) return Number.POSITIVE_INFINITY;
    return 4 * Math.exp(-gamma * gamma * c) * (1 + 1 / ((gamma * gamma - 1) * logEta));
  };
  return error(minimise(error, 1e-9, Math.log(2 * BAND_WIDTH ** 2)));
}

/** The valley is looked for on a logarithmic scale first: left of it, where eta is near 1, the error is infinite too. */
function minimise(f: (x: number) => number, low: number, high: number): number {
  const at = (t: number) => f(low * (high / low) ** t);
  const cells = 400;
  let best = 0;
  for (let i = 1; i <= cells; i++) if (at(i / cells) < at(best / cells)) best = i;
  const t = findMinimum(at, Math.max(0, best - 1) / cells, Math.min(cells, best + 1) / cells);
  return low * (high / low) ** t;
}
