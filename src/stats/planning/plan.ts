/**
 * How long an experiment takes: the sample at which a claim is reached with a given probability.
 *
 * The evidence of a run is a function of a nearly normal sum, so "evidence reaches the threshold" is a boundary for that
 * sum, and the probability of having crossed it is an integral (`crossing.ts`). Looks are supposed wherever the sample
 * has grown by 8 %; watching more closely decides a little sooner.
 */

import { crossingProbabilities } from '../boundaries/crossing.ts';
import { betaMixture } from '../boundaries/mixture.ts';
import * as counts from '../counts/counts.ts';
import { betaConcentration } from '../counts/proportion.ts';
import { checkBetween, checkFinite, checkFraction, StatsInputError } from '../input.ts';
import * as mean from '../means/mean.ts';
import { logNormalCdf } from '../numerics/normal.ts';
import * as quantile from '../quantiles/quantile.ts';
import { type Claim, supportScales } from '../verdict.ts';
import { bernoulliDivergence, checked, type Demand, type Limits, meanLimits } from './limits.ts';

/** The part of runs that are planned to have decided, unless said otherwise. */
export const PLANNED_POWER = 0.8;
const MOST = 2 ** 40;
const LOOK_GROWTH = 1.08;
/** The horizon of a plan, as a multiple of the sample at which the expected evidence reaches the threshold. */
const HORIZON = 12;

/** Infinity where the claim is not expected to be reached, or not within 2^40 samples. */
export interface Needed {
  /** Half of all runs have reached the claim by then. */
  median: number;
  /** The part `power` of them has. */
  sample: number;
}

interface CountsPlan extends Claim, Demand {
  /** The ratio of rates that is expected in truth; 1 when the treatment changes nothing. */
  expectedRatio: number;
}

/**
 * Events needed in both arms together until the hypothesis is supported; Infinity when the expected ratio does not lie
 * on the better side of the margin. Throws `StatsInputError`.
 */
export function eventsForSupport(plan: CountsPlan): Needed {
  const { alpha, power, scales, nullLogRatio, share, theta } = upward(plan);
  const question = { direction: 'up', nullLogRatio, scales } as const;
  const reached = (events: number, hits: number) =>
    counts.logEvidence([{ control: events - hits, treatment: hits, share }], question) >= Math.log(1 / alpha);
  const expected = firstReached((events) => reached(events, Math.round(events * theta)));
  return crossed({
    expected,
    power,
    least: 1,
    drift: theta,
    variance: theta * (1 - theta),
    // Half an event below the first whole number that is enough: the sum is one of whole numbers.
    boundary: (events) => {
      if (!reached(events, events)) return Number.POSITIVE_INFINITY;
      return firstAbove(0, events, (hits) => reached(events, hits)) - 0.5;
    },
  });
}

/**
 * ln(1/alpha) over the growth of the best evidence: the expected events of a test that knows the ratio. Infinity when
 * the expected ratio does not lie on the better side of the margin.
 */
export function eventsAtLeast(plan: CountsPlan): number {
  const { alpha, nullLogRatio, share, theta } = upward(plan);
  const boundary = treatmentProbability(share, nullLogRatio);
  return theta > boundary
    ? -Math.log(alpha) / bernoulliDivergence(theta, boundary)
    : Number.POSITIVE_INFINITY;
}

/** The plan with the arms exchanged where less is better, so that the claim is that the ratio is above the null. */
function upward(plan: CountsPlan) {
  const { direction, marginRatio, share, alpha, power, expectedRatio } = plan;
  checked(plan);
  checkBetween(marginRatio, 1e-6, 1e6, 'marginRatio');
  checkBetween(expectedRatio, 1e-6, 1e6, 'expectedRatio');
  const sign = direction === 'up' ? 1 : -1;
  const shareUp = direction === 'up' ? share : 1 - share;
  return {
    alpha,
    power,
    share: shareUp,
    nullLogRatio: sign * Math.log(marginRatio),
    scales: supportScales({ direction, marginRatio }),
    theta: treatmentProbability(shareUp, sign * Math.log(expectedRatio)),
  };
}

/** The probability that an event falls into treatment. */
function treatmentProbability(share: number, logRatio: number): number {
  return 1 / (1 + ((1 - share) / share) * Math.exp(-logRatio));
}

interface MeanPlan extends Demand {
  /** Standard deviation of a value, in both arms. */
  sd: number;
  /** The difference treatment - control that is expected in truth, and the null it is to be told from. */
  expected: number;
  null: number;
  /** The fixed-sample n of the same question unless given. */
  plannedN?: number;
}

/** Values needed in both arms together until the difference is known to lie beyond the null. Throws `StatsInputError`. */
export function valuesForMean(plan: MeanPlan): Needed & { limits: Limits; plannedN: number } {
  const { sd, share, alpha, power } = plan;
  checkFinite(plan.expected, 'expected');
  checkFinite(plan.null, 'null');
  const effect = Math.abs(plan.expected - plan.null);
  const limits = meanLimits(effect, sd, plan);
  if (limits.fixedOneSided > MOST) {
    throw new StatsInputError(
      `expected is ${plan.expected}: it is too near to the null, ${plan.null}, for ${sd} of noise`,
    );
  }
  const plannedN = plan.plannedN ?? Math.ceil(limits.fixedOneSided);
  const perSample = (sd * sd) / (share * (1 - share));
  const width = (n: number) => mean.halfWidth({ n, variance: perSample / n }, { alpha, plannedN, sides: 1 });
  const needed = crossed({
    expected: firstReached((n) => width(n) <= effect),
    power,
    // What a verdict on a mean waits for in the smaller arm.
    least: 100 / Math.min(share, 1 - share),
    drift: effect,
    variance: perSample,
    boundary: (n) => n * width(n),
  });
  return { ...needed, limits, plannedN };
}

interface QuantilePlan {
  quantile: number;
  share: number;
  alpha: number;
  /** The ratio of quantiles that is expected in truth, and the null it is to be told from. */
  expectedRatio: number;
  ratio: number;
  /** Standard deviation of ln x; the values are taken to be log-normal. */
  logSd: number;
  /** Per arm. */
  plannedN?: number;
}

const GRID = 400;

/**
 * Values in both arms together at which the expected evidence on a quantile reaches the threshold, somewhat above the
 * median; Infinity when the expected ratio is the null, or above 2^40. Throws `StatsInputError`.
 */
export function valuesForQuantile(plan: QuantilePlan): number {
  const { quantile: p, share, alpha, logSd, plannedN = quantile.plannedPerArm(p) } = plan;
  checkFraction(p, 'quantile');
  checkFraction(share, 'share');
  checkFraction(alpha, 'alpha');
  checkBetween(logSd, 1e-6, 100, 'logSd');
  checkBetween(plan.ratio, 1e-6, 1e6, 'ratio');
  checkBetween(plan.expectedRatio, 1e-6, 1e6, 'expectedRatio');
  const shift = Math.abs(Math.log(plan.expectedRatio / plan.ratio)) / logSd;
  if (shift === 0) return Number.POSITIVE_INFINITY;
  const k = betaConcentration(plannedN);
  const low = betaMixture(p, [k * p, k * (1 - p)], 1);
  const high = betaMixture(1 - p, [k * (1 - p), k * p], 1);
  // Both arms as seen from the lower one: F0 and F1 over a grid of its standard deviations.
  const [base, other] = plan.expectedRatio > plan.ratio ? [1 - share, share] : [share, 1 - share];
  const grid = Array.from({ length: GRID + 1 }, (_, i) => {
    const x = -6 + (12 * i) / GRID;
    return [Math.exp(logNormalCdf(x)), Math.exp(logNormalCdf(x - shift))] as const;
  });
  const evidence = (n: number) =>
    Math.min(
      ...grid.map(
        ([f0, f1]) => low(n * other * f1, n * other * (1 - f1)) + high(n * base * (1 - f0), n * base * f0),
      ),
    );
  return firstReached((n) => evidence(n) >= Math.log(1 / alpha));
}

interface Crossed {
  expected: number;
  power: number;
  /** No claim is made on fewer samples. */
  least: number;
  drift: number;
  variance: number;
  boundary(sample: number): number;
}

function crossed({ expected, power, least, drift, variance, boundary }: Crossed): Needed {
  if (expected === Number.POSITIVE_INFINITY) return { median: expected, sample: expected };
  const looks: number[] = [];
  const horizon = Math.max(HORIZON * expected, 2 * least);
  for (let n = Math.max(1, least, expected / 200); n < horizon; n = Math.max(n + 1, n * LOOK_GROWTH)) {
    looks.push(Math.round(n));
  }
  const decided = crossingProbabilities({ looks, boundary: looks.map(boundary), drift, variance });
  const when = (probability: number) => {
    const look = decided.findIndex((each) => each >= probability);
    if (look < 0) return Number.POSITIVE_INFINITY;
    if (look === 0) return looks[0] as number;
    const [n0, n1] = [looks[look - 1] as number, looks[look] as number];
    const [p0, p1] = [decided[look - 1] as number, decided[look] as number];
    return Math.ceil(n0 + ((n1 - n0) * (probability - p0)) / (p1 - p0));
  };
  return { median: when(0.5), sample: when(power) };
}

/** The first whole number from 1 up for which the monotone `is` holds; Infinity above 2^40. */
function firstReached(is: (n: number) => boolean): number {
  let high = 1;
  while (!is(high)) {
    high *= 2;
    if (high > MOST) return Number.POSITIVE_INFINITY;
  }
  return firstAbove(high / 2, high, is);
}

/** The first whole number above `low`, up to `high`, for which the monotone `is` holds; `high` is known to be one. */
function firstAbove(low: number, high: number, is: (n: number) => boolean): number {
  let [below, above] = [Math.floor(low), high];
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (is(middle)) above = middle;
    else below = middle;
  }
  return above;
}
