/**
 * Quantiles (p50, p95, p99 of a latency): an exact e-process for the ratio of two arms' quantiles.
 *
 * Howard and Ramdas, "Sequential estimation of quantiles with applications to A/B testing and best-arm identification",
 * Bernoulli 28, 2022, Theorem 5, made one-sided and given a ratio. If q1(p) <= r q0(p), then at x = q0(p) the control
 * lies below x with probability at most p and the treatment at or below rx with at least p. So the product of the Beta
 * mixtures against these two claims, taken at the x where it is smallest, is bounded by an e-process at the true x.
 *
 * The minimum runs over a histogram or a sample. A histogram knows F0 only at the lower and F1 only at the upper edge of
 * a bucket; using these keeps it exactly valid and costs one bucket of margin. Both mixtures are monotone in their
 * counts, so whole ranges of x are skipped by their bounds.
 */

import { betaMixture } from '../boundaries/mixture.ts';
import { betaConcentration } from '../counts/proportion.ts';
import { checkBetween, checkFraction, StatsInputError } from '../input.ts';
import { memoized } from '../numerics/memo.ts';
import {
  countUpTo,
  type Histogram,
  indexOfCount,
  type Steps,
  stepsOfHistogram,
  stepsOfSample,
} from './histogram.ts';

/** Both arms during a period of constant share, in one of two forms. */
export type StageQuantiles =
  | { control: readonly number[]; treatment: readonly number[] }
  | { control: Histogram; treatment: Histogram };

/** Both arms as step functions: what every question about them starts from. */
export interface Comparison {
  control: Steps;
  treatment: Steps;
  /** Of a histogram's buckets; undefined for a sample. */
  growth: number | undefined;
}

/** Throws `StatsInputError` on values below 0, counts that are not whole, and arms with different buckets. */
export function comparisonOf(stages: readonly StageQuantiles[]): Comparison[] {
  return stages.map(compare);
}

export interface QuantileTuning {
  /** p, between 0 and 1. */
  quantile: number;
  /** The n per arm at which the evidence is strongest; `plannedPerArm(quantile)` unless given. */
  plannedN?: number;
}

export interface QuantileQuestion extends QuantileTuning {
  /** `up` is evidence that treatment's quantile is above `ratio` times control's, `down` that it is below. */
  direction: 'up' | 'down';
  ratio: number;
}

const MAX_RATIO = 1e6;
/** Values of a mixture, per arm and question. */
const MAX_KEPT = 1e5;
/** Beyond this the quotient of logarithms is taken for the whole number it is meant to be. */
const WHOLE = 1e-9;
/** Bounds of samples are looked for on this grid of ratios. */
const SAMPLE_STEP = 1.001;

/** 1,000 for the median, 2,900 for p95, 8,200 for p99: rarer tails need more before they tell anything. */
export function plannedPerArm(quantile: number): number {
  checkFraction(quantile, 'quantile');
  return Math.round(1_000 * (0.25 / (quantile * (1 - quantile))) ** 0.65);
}

/**
 * Natural log of the e-value against "the ratio of the quantiles is not beyond `ratio` in that direction"; over stages
 * the sum of their minima. 0 without data. Throws `StatsInputError`.
 */
export function logEvidence(stages: readonly Comparison[], question: QuantileQuestion): number {
  checkBetween(question.ratio, 1 / MAX_RATIO, MAX_RATIO, 'ratio');
  const side = sideOf(stages, question);
  return side(question.direction === 'up' ? question.ratio : 1 / question.ratio);
}

export interface QuantileBounds {
  /** Ratio of the arms' quantiles in all stages together, treatment / control; null where it has none. */
  ratio: number | null;
  low: number | null;
  high: number | null;
}

/**
 * The confidence sequence of the ratio of quantiles, `alpha` on each side: the ratios that neither one-sided e-process
 * has rejected, to one bucket (histograms) or a thousandth (samples). Null where it is open, on both sides where stages contradict
 * each other so that no ratio is left. Throws `StatsInputError`.
 */
export function ratioBounds(
  stages: readonly Comparison[],
  { alpha, ...tuning }: QuantileTuning & { alpha: number },
): QuantileBounds {
  checkFraction(alpha, 'alpha');
  checkFraction(tuning.quantile, 'quantile');
  const step = Math.min(...stages.map(({ growth }) => growth ?? SAMPLE_STEP));
  const ratio = ratioOf(stages, tuning.quantile);
  if (ratio === null) return { ratio: null, low: null, high: null };
  const needed = Math.log(1 / alpha);
  const centre = Math.round(Math.log(ratio) / Math.log(step));
  const bound = (direction: 'up' | 'down', sign: 1 | -1) => {
    const logE = sideOf(stages, { ...tuning, direction });
    const last = lastRejected((steps) => logE(step ** steps) >= needed, sign * centre, step);
    return last === null ? null : step ** (sign * last);
  };
  const [low, high] = [bound('up', 1), bound('down', -1)];
  // Stages that contradict each other leave no ratio that explains all of them.
  return low !== null && high !== null && low > high
    ? { ratio, low: null, high: null }
    : { ratio, low, high };
}

/** The greatest whole number of steps that is rejected, looked for around `centre`; null when none down to the limit is. */
function lastRejected(rejected: (steps: number) => boolean, centre: number, step: number): number | null {
  const limit = Math.floor(Math.log(MAX_RATIO) / Math.log(step));
  let [shut, open] = [centre - 2, centre + 2];
  for (let stride = 4; !rejected(shut); stride *= 2) {
    if (shut <= -limit) return null;
    open = shut;
    shut = Math.max(-limit, shut - stride);
  }
  for (let stride = 4; rejected(open) && open < limit; stride *= 2) {
    shut = open;
    open = Math.min(limit, open + stride);
  }
  while (open - shut > 1) {
    const middle = Math.floor((open + shut) / 2);
    if (rejected(middle)) shut = middle;
    else open = middle;
  }
  return shut;
}

function compare({ control, treatment }: StageQuantiles, stage: number): Comparison {
  const name = (arm: string) => `stages[${stage}].${arm}`;
  if (isHistogram(control) && isHistogram(treatment)) {
    if (control.growth !== treatment.growth) {
      throw new StatsInputError(
        `stages[${stage}]: growth is ${control.growth} and ${treatment.growth}, it must be the same`,
      );
    }
    return {
      control: stepsOfHistogram(control, name('control')),
      treatment: stepsOfHistogram(treatment, name('treatment')),
      growth: control.growth,
    };
  }
  return {
    control: stepsOfSample(control as readonly number[], name('control')),
    treatment: stepsOfSample(treatment as readonly number[], name('treatment')),
    growth: undefined,
  };
}

function isHistogram(arm: Histogram | readonly number[]): arm is Histogram {
  return 'growth' in arm;
}

/**
 * The log-evidence that the quantile of one arm is above a factor times the other's, as a function of the factor. For
 * `down` the arms change places.
 */
function sideOf(
  pairs: readonly Comparison[],
  { quantile, plannedN, direction }: Omit<QuantileQuestion, 'ratio'>,
) {
  const mixtures = mixturesOf(quantile, plannedN ?? plannedPerArm(quantile));
  const sides = pairs.map(({ control, treatment, growth }) => {
    const [base, other] = direction === 'up' ? [control, treatment] : [treatment, control];
    return { base, other, growth, low: mixtures.low(other.n), high: mixtures.high(base.n) };
  });
  return (factor: number) =>
    sides.reduce((sum, { base, other, growth, low, high }) => {
      if (base.n === 0 || other.n === 0) return sum;
      const reach = reachOf(factor, growth);
      return sum + smallest(base, (position) => countUpTo(other, reach(position)), { low, high }, quantile);
    }, 0);
}

/** From a position of one arm to the last position of the other that a value may then have. */
function reachOf(factor: number, growth: number | undefined): (position: number) => number {
  if (growth === undefined) return (position) => position * factor * (1 + 1e-12);
  const shift = Math.ceil(Math.log(factor) / Math.log(growth) - WHOLE);
  return (position) => position + shift;
}

type Mixture = (count: number) => number;

/** The one-sided Beta mixtures against "at least p" (`low`) and "at most p" (`high`), of `count` values out of n. */
function mixturesOf(p: number, plannedN: number) {
  const k = betaConcentration(plannedN);
  const low = betaMixture(p, [k * p, k * (1 - p)], 1);
  const high = betaMixture(1 - p, [k * (1 - p), k * p], 1);
  return {
    low: (n: number) => memoized((count: number) => low(count, n - count), MAX_KEPT),
    high: (n: number) => memoized((count: number) => high(n - count, count), MAX_KEPT),
  };
}

/**
 * min over x of low(#other <= reach(x)) + high(#base < x). `high` rises with its count and `low` falls, so only the
 * positions just before `base` steps up can be the minimum, and over a range of positions the sum is at least `low` at
 * its right plus `high` at its left end: ranges whose bound is no less than the best found are left out.
 */
function smallest(
  base: Steps,
  others: (position: number) => number,
  { low, high }: { low: Mixture; high: Mixture },
  p: number,
): number {
  const last = base.positions.length;
  const left = (i: number) => high(i === 0 ? 0 : (base.upTo[i - 1] as number));
  const right = (i: number) =>
    low(others(i < last ? (base.positions[i] as number) : Number.POSITIVE_INFINITY));
  // The minimum lies near the quantile itself.
  const start = indexOfCount(base, p * base.n);
  let best = left(start) + right(start);
  const ranges: [number, number][] = [
    [0, start - 1],
    [start + 1, last],
  ];
  for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
    const [from, to] = range;
    if (from > to || left(from) + right(to) >= best) continue;
    const middle = (from + to) >> 1;
    best = Math.min(best, left(middle) + right(middle));
    ranges.push([from, middle - 1], [middle + 1, to]);
  }
  return best;
}

/** The ratio of the quantiles over all stages, each weighted by n0 n1/(n0+n1): a display value. */
function ratioOf(pairs: readonly Comparison[], p: number): number | null {
  let [weights, sum] = [0, 0];
  for (const { control, treatment, growth } of pairs) {
    if (control.n === 0 || treatment.n === 0) continue;
    const q0 = control.positions[indexOfCount(control, p * control.n)] as number;
    const q1 = treatment.positions[indexOfCount(treatment, p * treatment.n)] as number;
    const logRatio = growth === undefined ? Math.log(q1 / q0) : (q1 - q0) * Math.log(growth);
    if (!Number.isFinite(logRatio)) continue;
    const weight = (control.n * treatment.n) / (control.n + treatment.n);
    weights += weight;
    sum += weight * logRatio;
  }
  return weights > 0 ? Math.exp(sum / weights) : null;
}

/**
 * Natural log of the two-sided e-value against "both arms have the same p-quantile" (their `quantile_ab_p_value`), for
 * samples; at tied values each arm takes the smaller of its mixtures below and at the tie. 0 without data.
 */
export function logEvidenceOfDifference(
  { control, treatment }: { control: readonly number[]; treatment: readonly number[] },
  { quantile, plannedN = plannedPerArm(quantile) }: QuantileTuning,
): number {
  checkFraction(quantile, 'quantile');
  const arms = [stepsOfSample(control, 'control'), stepsOfSample(treatment, 'treatment')];
  if (arms.some(({ n }) => n === 0)) return 0;
  const k = betaConcentration(plannedN);
  const logE = betaMixture(quantile, [k * quantile, k * (1 - quantile)], 2);
  const mixtures = arms.map((arm) => {
    const mixture = memoized((count: number) => logE(count, arm.n - count), MAX_KEPT);
    return (x: number) => {
      const upTo = countUpTo(arm, x);
      const tied = upTo - countUpTo(arm, justBelow(x));
      return tied === 0 ? mixture(upTo) : Math.min(mixture(upTo - tied), mixture(upTo));
    };
  });
  return [...control, ...treatment].reduce(
    (best, x) =>
      Math.min(
        best,
        mixtures.reduce((sum, mixture) => sum + mixture(x), 0),
      ),
    Number.POSITIVE_INFINITY,
  );
}

function justBelow(x: number): number {
  return x - Math.max(Number.MIN_VALUE, Math.abs(x) * Number.EPSILON);
}
