/**
 * Rates of rare or common 0/1 outcomes (conversions, errors): the exact conditional e-process.
 *
 * Given that an event happened, it happened in treatment with probability θ(lr) = o e^lr / (1 + o e^lr), where
 * o = share/(1-share) and lr is the log of the rate ratio. The likelihood ratio of lr0±u against lr0 is a martingale
 * under lr0 and a supermartingale on the far side of it, so its mixture over u > 0 is an e-process for the one-sided
 * null (Ville's inequality; Lindon and Malek, "Anytime-Valid Inference For Multinomial Count Data", NeurIPS 2022;
 * mixtures after Robbins 1970; `half-normal.ts`). It is exact at any count, share and drifting base rate; it trusts the
 * share, so a sample-ratio mismatch (`srm.ts`) voids it.
 */
import { checkBetween, checkFraction, checkStages, type StageCounts } from '../input.ts';
import { findCrossing, findRoot } from '../numerics/root.ts';
import { logOdds, mixtureOf, priorOf } from './half-normal.ts';

/** Log ratios are looked for within ±100: e^100 is beyond any ratio of counts that a computer can hold. */
export const MAX_LOG_RATIO = 100;
const BOUND_TOLERANCE = 1e-10;

/**
 * The prior for harm and refutation, chosen by race (`docs/decisions/0029-two-rates.md`). Scales are mixed equally, so
 * 0.35 has 5/7 of the weight: it detects changes from a fifth to a doubling, 1 and 2 detect disasters.
 */
export const ROBUST_SCALES: readonly number[] = [0.35, 0.35, 0.35, 0.35, 0.35, 1, 2];

export interface OneSided {
  /** `up` is evidence that the ratio lies above the null, `down` that it lies below. */
  direction: 'up' | 'down';
  /** The boundary of the null hypothesis: ln of the rate ratio treatment / control. */
  nullLogRatio: number;
  /** Scales of the half-normal priors on the distance from the null, an equal mixture of them. */
  scales: readonly number[];
}

/**
 * Natural log of the e-value against "the ratio is on the other side of `nullLogRatio`", over all stages with one
 * common ratio. Valid at every look; the null is rejected at level alpha once this has reached ln(1/alpha). Throws
 * `StatsInputError` on counts that are not whole, shares outside (0, 1), or scales outside [0.0001, 10].
 */
export function logEvidence(stages: readonly StageCounts[], question: OneSided): number {
  checkStages(stages);
  checkNull(question);
  return evidenceCurve(stages, question, true)(question.nullLogRatio);
}

/** Throws `StatsInputError` on a null outside ±`MAX_LOG_RATIO`. */
export function checkNull({ nullLogRatio }: OneSided): void {
  checkBetween(nullLogRatio, -MAX_LOG_RATIO, MAX_LOG_RATIO, 'nullLogRatio');
}

/**
 * The evidence as a function of the null's log ratio. Expects checked counts. `kept` caches tables per null, for nulls
 * that recur at every look.
 */
export function evidenceCurve(
  stages: readonly StageCounts[],
  { direction, scales }: Pick<OneSided, 'direction' | 'scales'>,
  kept: boolean,
): (nullLogRatio: number) => number {
  const side = priorOf(scales)[direction];
  const periods = pooled(stages);
  if (periods.length === 0) return () => 0;
  return (nullLogRatio) => mixtureOf(periods, nullLogRatio, side, kept ? side.keptCosts : side.costs);
}

export interface RatioBounds {
  /** Maximum-likelihood ratio of the rates, treatment / control: 0, Infinity, or null without events. */
  ratio: number | null;
  /** Bounds of the confidence sequence; null where it is open. */
  low: number | null;
  high: number | null;
}

/**
 * The confidence sequence of the ratio of rates at `alpha` on each side: the ratios that neither one-sided e-process
 * has rejected. It always contains the estimate. `scales.up` are those of the evidence for more (they make the lower
 * bound), `scales.down` those of the evidence for less.
 */
export function ratioBounds(
  stages: readonly StageCounts[],
  { alpha, scales }: { alpha: number; scales: { up: readonly number[]; down: readonly number[] } },
): RatioBounds {
  checkStages(stages);
  checkFraction(alpha, 'alpha');
  const up = evidenceCurve(stages, { direction: 'up', scales: scales.up }, false);
  const down = evidenceCurve(stages, { direction: 'down', scales: scales.down }, false);
  const needed = Math.log(1 / alpha);
  const periods = pooled(stages);
  const estimate = logRatioOf(periods);
  if (estimate === null) return { ratio: null, low: null, high: null };
  const centre = Math.max(-MAX_LOG_RATIO, Math.min(MAX_LOG_RATIO, estimate));
  const bound = (evidence: typeof up, direction: 1 | -1) =>
    findCrossing((logRatio) => evidence(logRatio) - needed, {
      from: centre,
      step: direction * firstStep(periods),
      limit: direction * MAX_LOG_RATIO,
      tolerance: BOUND_TOLERANCE,
    });
  const low = bound(up, -1);
  const high = bound(down, 1);
  return {
    ratio: Math.exp(estimate),
    low: low === null ? null : Math.exp(low),
    high: high === null ? null : Math.exp(high),
  };
}

/** About how far a bound lies from the estimate: four standard errors of the log ratio at equal shares. */
function firstStep(stages: readonly StageCounts[]): number {
  return 8 / Math.sqrt(stages.reduce((sum, { control, treatment }) => sum + control + treatment, 0));
}

/** Periods with the same share are one: the likelihood ratio has only their sums in it. */
function pooled(stages: readonly StageCounts[]): StageCounts[] {
  const byShare = new Map<number, StageCounts>();
  for (const { control, treatment, share } of stages) {
    if (control + treatment === 0) continue;
    const known = byShare.get(share);
    if (known) {
      known.control += control;
      known.treatment += treatment;
    } else byShare.set(share, { control, treatment, share });
  }
  return [...byShare.values()];
}

/**
 * The ratio that makes the observed split of the events likeliest, as a logarithm: the root of
 * Σ treatment - Σ n θ(lr). ±Infinity when one arm has no events, null when neither has.
 */
function logRatioOf(stages: readonly StageCounts[]): number | null {
  const control = stages.reduce((sum, stage) => sum + stage.control, 0);
  const treatment = stages.reduce((sum, stage) => sum + stage.treatment, 0);
  if (control + treatment === 0) return null;
  if (control === 0) return Number.POSITIVE_INFINITY;
  if (treatment === 0) return Number.NEGATIVE_INFINITY;
  const [only, another] = stages;
  // Of one period the ratio of the counts, to its last digit.
  if (only && !another) return Math.log(only.treatment / only.control) - logOdds(only.share);
  const surplus = (logRatio: number) =>
    stages.reduce((sum, { control, treatment, share }) => {
      const theta = 1 / (1 + Math.exp(-(logOdds(share) + logRatio)));
      return sum + treatment * (1 - theta) - control * theta;
    }, 0);
  return findRoot(surplus, -MAX_LOG_RATIO, MAX_LOG_RATIO);
}
