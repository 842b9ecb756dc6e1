/**
 * Differences of means (revenue, durations, log latency): the asymptotic confidence sequence.
 *
 * Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic confidence
 * sequences", Annals of Statistics 52, 2024 (arXiv 2103.06476), equations 9 (two-sided) and 155 (one-sided), for the
 * difference of two arms with their own variances. It is valid for any distribution with a variance once the arms are
 * large: judge nothing before `burnedIn` (`verdict.ts`).
 *
 * Arms are compared within a stage and the differences combined with weights that do not depend on the data, so that a
 * ramp over a drifting base rate cannot pass for an effect. Durations: give ln x, the difference is then the log ratio
 * of geometric means. Where nothing can be said (an arm below two values, no variance) the evidence is 0 and the
 * sequence open.
 */

import type { Sides } from '../boundaries/mixture.ts';
import { checkBetween, checkFinite, checkFraction, checkSample, StatsInputError } from '../input.ts';
import { logNormalCdf } from '../numerics/normal.ts';
import { softplus } from '../numerics/special.ts';
import { checkSummary, type Summary } from './moments.ts';

export const PLANNED_N = 5_000;
/** More standard errors than this are as good as this many: their square must stay a number. */
const MAX_Z = 1e100;

/** The two arms during a period of constant share. */
export interface StageMeans {
  control: Summary;
  treatment: Summary;
}

/** `logRatio` compares ln(mean treatment / mean control); both means must then be above 0. */
export type Scale = 'difference' | 'logRatio';

/** What the arms differ by. */
export interface Estimate {
  /** Values in both arms of the stages that count. */
  n: number;
  /** On the scale asked for, treatment against control. */
  difference: number;
  /** Of the difference, above 0. */
  variance: number;
}

/** Throws `StatsInputError` on summaries out of range and, on the `logRatio` scale, on means below 0. */
export function estimateOf(stages: readonly StageMeans[], scale: Scale = 'difference'): Estimate | null {
  for (const [i, { control, treatment }] of stages.entries()) {
    checkSummary(control, `stages[${i}].control`);
    checkSummary(treatment, `stages[${i}].treatment`);
  }
  const filled = stages.filter(
    ({ control, treatment }) =>
      control.n >= 2 &&
      treatment.n >= 2 &&
      // A mean of 0 is one whose first event is still to come: as a ratio it says nothing yet.
      (scale === 'difference' || (control.mean !== 0 && treatment.mean !== 0)),
  );
  let [n, weights, sum, squares] = [0, 0, 0, 0];
  for (const stage of filled) {
    const weight = (stage.control.n * stage.treatment.n) / (stage.control.n + stage.treatment.n);
    const { difference, variance } = scale === 'difference' ? plain(stage) : logRatio(stage);
    n += stage.control.n + stage.treatment.n;
    weights += weight;
    sum += weight * difference;
    squares += weight * weight * variance;
  }
  return squares > 0 ? { n, difference: sum / weights, variance: squares / weights ** 2 } : null;
}

function plain({ control, treatment }: StageMeans) {
  return {
    difference: treatment.mean - control.mean,
    variance: treatment.variance / treatment.n + control.variance / control.n,
  };
}

/** ln(m1/m0) with its delta-method variance: unlike that of (m1 - m0)/m0 it has no bias towards "drop". */
function logRatio({ control, treatment }: StageMeans) {
  if (!(control.mean > 0 && treatment.mean > 0)) {
    throw new StatsInputError(
      `means ${control.mean} and ${treatment.mean}: a log ratio needs both above 0, use the difference`,
    );
  }
  return {
    difference: Math.log(treatment.mean / control.mean),
    variance:
      treatment.variance / treatment.n / treatment.mean ** 2 +
      control.variance / control.n / control.mean ** 2,
  };
}

export interface Tuning {
  alpha: number;
  /** The n, of both arms, at which the sequence is tightest: that of a fixed-sample test for the same effect. */
  plannedN: number;
  sides: Sides;
}

export interface MeanQuestion extends Tuning {
  /** Of one-sided evidence: `up` that the difference lies above the null, `down` below. Two-sided evidence ignores it. */
  direction: 'up' | 'down';
  /** The boundary of the null hypothesis on the estimate's scale. */
  null: number;
}

/** rho² of the equations: one-sided, with 2 alpha in place of alpha. */
function rhoSquared({ alpha, plannedN, sides }: Tuning): number {
  checkFraction(alpha * (3 - sides), sides === 1 ? '2 alpha' : 'alpha');
  checkSample(plannedN, 'plannedN');
  const twice = -2 * Math.log(sides === 2 ? alpha : 2 * alpha);
  return (twice + Math.log1p(twice)) / plannedN;
}

/**
 * Natural log of the e-value against "the difference is the null" (two-sided) or "not beyond it" (one-sided). One-sided
 * it is what the closed form of the sequence inverts; below 1, where that form ends, it is the half-normal mixture
 * that the form bounds, capped at 1. Throws `StatsInputError`.
 */
export function logEvidence(estimate: Estimate | null, question: MeanQuestion): number {
  const rho2 = rhoSquared(question);
  checkFinite(question.null, 'null');
  if (estimate === null) return 0;
  const { n, difference, variance } = estimate;
  const sign = question.direction === 'up' ? 1 : -1;
  const distance = (sign * (difference - question.null)) / Math.sqrt(variance);
  const z = Math.max(-MAX_Z, Math.min(MAX_Z, distance));
  const grown = n * rho2;
  const exponent = ((grown / (grown + 1)) * z * z) / 2;
  const spread = 0.5 * Math.log1p(grown);
  if (question.sides === 2) return exponent - spread;
  // ln[2 (e^q - 1)] - spread, with e^q - 1 free of cancellation.
  const closed =
    z > 0 ? Math.LN2 + exponent + Math.log(-Math.expm1(-exponent)) - spread : Number.NEGATIVE_INFINITY;
  if (closed >= 0) return closed;
  const mixture = Math.LN2 + exponent + logNormalCdf(Math.sign(z) * Math.sqrt(2 * exponent)) - spread;
  return Math.min(0, mixture);
}

/** Half the width of the confidence sequence, or the distance of its one bound. Throws `StatsInputError`. */
export function halfWidth({ n, variance }: Pick<Estimate, 'n' | 'variance'>, tuning: Tuning): number {
  checkSample(n, 'n');
  checkBetween(variance, 0, Number.MAX_VALUE, 'variance');
  const grown = n * rhoSquared(tuning);
  const log =
    tuning.sides === 2
      ? 0.5 * Math.log1p(grown) - Math.log(tuning.alpha)
      : softplus(0.5 * Math.log1p(grown) - Math.log(2 * tuning.alpha));
  return Math.sqrt(variance * 2 * ((grown + 1) / grown) * log);
}

/** Bounds of the difference; a one-sided sequence is open (null) on the side it says nothing about. */
export function confidenceSequence(
  estimate: Estimate | null,
  { direction, ...tuning }: Tuning & Pick<MeanQuestion, 'direction'>,
): [number | null, number | null] {
  if (estimate === null) {
    rhoSquared(tuning);
    return [null, null];
  }
  const half = halfWidth(estimate, tuning);
  const [low, high] = [estimate.difference - half, estimate.difference + half];
  if (tuning.sides === 2) return [low, high];
  return direction === 'up' ? [low, null] : [null, high];
}
