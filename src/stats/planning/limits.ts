/**
 * What no test can beat: the samples that telling two known distributions apart takes.
 *
 * The fixed-sample figure is the textbook's, with one look at the end. The information limit is ln(1/alpha) over the
 * growth rate of the best e-value, which knows both distributions (Grünwald, de Heide and Koolen, "Safe testing", JRSS B
 * 86, 2024). The sequential probability ratio test (Wald 1945) is optimal between two simple hypotheses at a given power.
 * All are samples of both arms together.
 */
import { checkFinite, checkFraction, checkPositive, StatsInputError } from '../input.ts';
import { normalQuantile } from '../numerics/normal.ts';

export interface Limits {
  fixedOneSided: number;
  fixedTwoSided: number;
  information: number;
  /** Expected sample of the sequential probability ratio test when the effect is real. */
  sequential: number;
}

export interface Demand {
  /** P(unit in treatment | unit in the experiment). */
  share: number;
  alpha: number;
  /** The probability with which a real effect is to be found. */
  power: number;
}

/** Limits for a 0/1 outcome with these probabilities in the two arms. Throws `StatsInputError`. */
export function proportionLimits(control: number, treatment: number, demand: Demand): Limits {
  checkFraction(control, 'control');
  checkFraction(treatment, 'treatment');
  const { share } = checked(demand);
  const variance = (control * (1 - control)) / (1 - share) + (treatment * (1 - treatment)) / share;
  const pooled = (1 - share) * control + share * treatment;
  const growth =
    (1 - share) * bernoulliDivergence(control, pooled) + share * bernoulliDivergence(treatment, pooled);
  return limits(treatment - control, variance, growth, demand);
}

/** Limits for a normal measurement with standard deviation `sd` in both arms. Throws `StatsInputError`. */
export function meanLimits(difference: number, sd: number, demand: Demand): Limits {
  checkFinite(difference, 'difference');
  checkPositive(sd, 'sd');
  const { share } = checked(demand);
  const variance = (sd * sd) / (share * (1 - share));
  return limits(difference, variance, (difference * difference) / (2 * variance), demand);
}

/** Kullback and Leibler's divergence of a coin with probability p from one with q, nats. */
export function bernoulliDivergence(p: number, q: number): number {
  const part = (a: number, b: number) => (a === 0 ? 0 : a * Math.log(a / b));
  return part(p, q) + part(1 - p, 1 - q);
}

function limits(difference: number, variance: number, growth: number, { alpha, power }: Demand): Limits {
  if (difference === 0) throw new StatsInputError('the arms are equal: no sample tells them apart');
  const fixed = (level: number) =>
    (normalQuantile(power) - normalQuantile(level)) ** 2 * (variance / difference ** 2);
  const reward = power * Math.log(power / alpha) + (1 - power) * Math.log((1 - power) / (1 - alpha));
  return {
    fixedOneSided: fixed(alpha),
    fixedTwoSided: fixed(alpha / 2),
    information: -Math.log(alpha) / growth,
    sequential: reward / growth,
  };
}

/** Throws `StatsInputError` unless share and alpha lie in (0, 1) and power between alpha and 1. */
export function checked(demand: Demand): Demand {
  checkFraction(demand.share, 'share');
  checkFraction(demand.alpha, 'alpha');
  checkFraction(demand.power, 'power');
  if (demand.power <= demand.alpha) {
    throw new StatsInputError(`power is ${demand.power}: it must exceed alpha, ${demand.alpha}`);
  }
  return demand;
}
