/**
 * The rate of one 0/1 outcome in one arm: a confidence sequence for a Bernoulli probability.
 *
 * All probabilities that the two-sided Beta mixture of likelihood ratios has not rejected (`mixture.ts`, with the
 * increments of a Bernoulli variable: g = p, h = 1-p). Exact at any n. For a comparison of two arms use `counts.ts`.
 */
import { checkCount, checkFraction, checkSample, StatsInputError } from './input.ts';
import { betaMixture, TUNING } from './mixture.ts';
import { findRoot } from './root.ts';

const NEAREST = 1e-12;
const SMALLEST_CONCENTRATION = 0.001;

/** Concentration of the Beta prior around the null that makes the boundary tightest at `tOpt` samples. */
export function betaConcentration(tOpt: number): number {
  checkSample(tOpt, 'plannedN');
  return Math.max(SMALLEST_CONCENTRATION, tOpt / TUNING - 1);
}

/** Natural log of the e-value against "the event has probability `p`", 0 < p < 1. Throws `StatsInputError`. */
export function logEvidence({ events, n }: Observed, p: number, tOpt: number): number {
  check({ events, n });
  checkFraction(p, 'p');
  const k = betaConcentration(tOpt);
  return betaMixture(p, [k * p, k * (1 - p)], 2)(events, n - events);
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
  if (n === 0) return [0, 1];
  const surplus = (p: number) => logEvidence(observed, p, tOpt) - Math.log(1 / alpha);
  const estimate = Math.min(1 - NEAREST, Math.max(NEAREST, events / n));
  const rejected = (p: number) => surplus(p) > 0;
  return [
    rejected(NEAREST) ? findRoot(surplus, NEAREST, estimate, NEAREST) : 0,
    rejected(1 - NEAREST) ? findRoot(surplus, estimate, 1 - NEAREST, NEAREST) : 1,
  ];
}

function check({ events, n }: Observed): void {
  checkCount(events, 'events');
  checkCount(n, 'n');
  if (events > n) throw new StatsInputError(`events is ${events}: it must not exceed n, ${n}`);
}
