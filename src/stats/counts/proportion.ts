/**
 * The rate of one 0/1 outcome in one arm: a confidence sequence for a Bernoulli probability.
 *
 * All probabilities that the two-sided Beta mixture of likelihood ratios has not rejected (`mixture.ts`, with the
 * increments of a Bernoulli variable: g = p, h = 1-p). Exact at any n. For a comparison of two arms use `counts.ts`.
 */

import { betaMixture, TUNING } from '../boundaries/mixture.ts';
import { checkCount, checkFraction, checkSample, StatsInputError } from '../input.ts';
import { findRoot } from '../numerics/root.ts';

/** Probabilities nearer to 0 or 1 than e^-60 are not looked for. */
const MAX_LOGIT = 60;
const MIN_CONCENTRATION = 0.001;

/** Concentration of the Beta prior around the null that makes the boundary tightest at `tOpt` samples. */
export function betaConcentration(tOpt: number): number {
  checkSample(tOpt, 'plannedN');
  return Math.max(MIN_CONCENTRATION, tOpt / TUNING - 1);
}

/** Natural log of the e-value against "the event has probability `p`", 0 < p < 1. Throws `StatsInputError`. */
export function logEvidence(observed: Observed, p: number, tOpt: number): number {
  check(observed);
  checkFraction(p, 'p');
  return evidenceAt(Math.log(p / (1 - p)), observed, betaConcentration(tOpt));
}

/** The evidence by the logit of the probability: of p and 1-p the smaller one has all its digits. */
function evidenceAt(logit: number, { events, n }: Observed, k: number): number {
  const rarer = 1 / (1 + Math.exp(Math.abs(logit)));
  const [hits, misses] = logit <= 0 ? [events, n - events] : [n - events, events];
  return betaMixture(rarer, [k * rarer, k * (1 - rarer)], 2)(hits, misses);
}

export interface Observed {
  events: number;
  n: number;
}

/**
 * The confidence sequence of the probability at level `alpha`, tightest at `tOpt` samples; [0, 1] without samples.
 * Throws `StatsInputError` unless 0 <= events <= n are whole.
 */
export function confidenceSequence(
  observed: Observed,
  { alpha, tOpt }: { alpha: number; tOpt: number },
): [number, number] {
  check(observed);
  checkFraction(alpha, 'alpha');
  const { events, n } = observed;
  const k = betaConcentration(tOpt);
  if (n === 0) return [0, 1];
  const surplus = (logit: number) => evidenceAt(logit, observed, k) - Math.log(1 / alpha);
  const estimate = Math.max(-MAX_LOGIT, Math.min(MAX_LOGIT, Math.log(events / (n - events))));
  const bound = (outermost: number) =>
    surplus(outermost) > 0 ? findRoot(surplus, outermost, estimate) : outermost;
  const [low, high] = [bound(-MAX_LOGIT), bound(MAX_LOGIT)];
  return [
    low === -MAX_LOGIT ? 0 : 1 / (1 + Math.exp(-low)),
    high === MAX_LOGIT ? 1 : 1 / (1 + Math.exp(-high)),
  ];
}

function check({ events, n }: Observed): void {
  checkCount(events, 'events');
  checkCount(n, 'n');
  if (events > n) throw new StatsInputError(`events is ${events}: it must not exceed n, ${n}`);
}
