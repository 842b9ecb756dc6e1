/**
 * From evidence to claims about one metric.
 *
 * Direction-normalised, delta is the effect when more is better and its negative when less is, and m >= 0 the margin:
 * `supported` rejects delta <= -m, `refuted` rejects delta >= -m, `harmed` rejects delta >= 0. The first two nulls share
 * only their boundary, so each one-sided test gets the full alpha. A claim, once reached, stays (Ville's inequality is
 * about the first crossing), with what was known then. Over several metrics: `combine.ts`.
 */
import * as counts from './counts/counts.ts';
import * as rates from './counts/rates.ts';
import type { StageRates } from './counts/stage-rates.ts';
import { checkBetween, checkCount, type StageCounts } from './input.ts';
import * as mean from './means/mean.ts';
import * as quantile from './quantiles/quantile.ts';

export type State = 'open' | 'supported' | 'refuted' | 'harmed';

export interface Claim {
  /** Which way is better. */
  direction: 'up' | 'down';
  /** Ratio treatment / control on which the hypothesis turns: at most 1 for `up`, at least 1 for `down`. */
  marginRatio: number;
}

export interface ClaimEvidence {
  logESupported: number;
  logERefuted: number;
  logEHarm: number;
}

const MIN_SCALE = 0.01;
const MAX_SCALE = 2;

/**
 * Scales of the prior for support: the test must distinguish no change from the margin, at a distance of |ln margin|.
 * Without a margin there is no such distance, and the robust mixture stands in.
 */
export function supportScales({ marginRatio }: Claim): readonly number[] {
  const distance = Math.abs(Math.log(marginRatio));
  return distance === 0 ? counts.ROBUST_SCALES : [Math.min(MAX_SCALE, Math.max(MIN_SCALE, distance))];
}

/** The scales whose bounds reach the margin exactly when the claim is reached. */
export function boundScales(claim: Claim): { up: readonly number[]; down: readonly number[] } {
  const support = supportScales(claim);
  return claim.direction === 'up'
    ? { up: support, down: counts.ROBUST_SCALES }
    : { up: counts.ROBUST_SCALES, down: support };
}

/** The evidence for each claim on a metric that counts units with an event. Throws `StatsInputError`. */
export function weighCounts(stages: readonly StageCounts[], claim: Claim): ClaimEvidence {
  checkMargin(claim);
  const nullLogRatio = Math.log(claim.marginRatio);
  const { better, worse } = waysOf(claim);
  const scales = counts.ROBUST_SCALES;
  return {
    logESupported: counts.logEvidence(stages, {
      direction: better,
      nullLogRatio,
      scales: supportScales(claim),
    }),
    logERefuted: counts.logEvidence(stages, { direction: worse, nullLogRatio, scales }),
    logEHarm: counts.logEvidence(stages, { direction: worse, nullLogRatio: 0, scales }),
  };
}

/**
 * The evidence for each claim on a metric that counts units with an event and without. The plan must be the same at
 * every look. Throws `StatsInputError`.
 */
export function weighRates(
  stages: readonly StageRates[],
  claim: Claim,
  plan: rates.RatePlan = {},
): ClaimEvidence {
  checkMargin(claim);
  const nullLogRatio = Math.log(claim.marginRatio);
  const { better, worse } = waysOf(claim);
  const scales = counts.ROBUST_SCALES;
  return {
    logESupported: rates.logEvidence(stages, {
      ...plan,
      direction: better,
      nullLogRatio,
      scales: supportScales(claim),
    }),
    logERefuted: rates.logEvidence(stages, { ...plan, direction: worse, nullLogRatio, scales }),
    logEHarm: rates.logEvidence(stages, { ...plan, direction: worse, nullLogRatio: 0, scales }),
  };
}

/** An arm's summary, with the numbers that tell whether it is large enough for a central limit. */
export type ArmMeans = mean.StageMeans['control'] & {
  /** Of 0/1 and zero-inflated values: how many are not 0, and how many are not 1. */
  nonZero?: number;
  nonOne?: number;
};

export interface MeanClaim {
  direction: 'up' | 'down';
  scale: mean.Scale;
  /** m >= 0 on that scale (a log ratio for `logRatio`): how much worse may still be called no worse. */
  margin: number;
  alpha: number;
  plannedN: number;
}

/**
 * The evidence for each claim on a mean, from the stages that are large enough (`burnedIn`); 0 without any. Throws
 * `StatsInputError`.
 */
export function weighMeans(
  stages: readonly StageArms[],
  { direction, scale, margin, alpha, plannedN }: MeanClaim,
): ClaimEvidence {
  checkBetween(margin, 0, Number.MAX_VALUE, 'margin');
  const estimate = mean.estimateOf(stages.filter(burnedIn), scale);
  const { better, worse } = waysOf({ direction });
  const boundary = direction === 'up' ? -margin : margin;
  const logE = (way: 'up' | 'down', at: number) =>
    mean.logEvidence(estimate, { alpha, plannedN, sides: 1, direction: way, null: at });
  return {
    logESupported: logE(better, boundary),
    logERefuted: logE(worse, boundary),
    logEHarm: logE(worse, 0),
  };
}

export interface StageArms {
  control: ArmMeans;
  treatment: ArmMeans;
}

const MIN_VALUES = 100;
const MIN_OF_A_KIND = 20;

/**
 * Whether an asymptotic sequence may be believed of a stage yet: the *smaller* arm has 100 values and, where these are
 * told, 20 that are not 0 and 20 that are not 1. (With ten, `bench/stats` finds up to 5.7 % false alarms at a small
 * share; with twenty at most 4.9 %.) Throws `StatsInputError` on numbers that are not whole.
 */
export function burnedIn({ control, treatment }: StageArms): boolean {
  return [control, treatment].every(({ n, nonZero = MIN_OF_A_KIND, nonOne = MIN_OF_A_KIND }) => {
    checkCount(n, 'n');
    checkCount(nonZero, 'nonZero');
    checkCount(nonOne, 'nonOne');
    return n >= MIN_VALUES && nonZero >= MIN_OF_A_KIND && nonOne >= MIN_OF_A_KIND;
  });
}

/** The evidence for each claim on a quantile. Throws `StatsInputError`. */
export function weighQuantiles(
  stages: readonly quantile.Comparison[],
  claim: Claim & quantile.QuantileTuning,
): ClaimEvidence {
  checkMargin(claim);
  const { better, worse } = waysOf(claim);
  const { marginRatio: ratio, ...tuning } = claim;
  return {
    logESupported: quantile.logEvidence(stages, { ...tuning, direction: better, ratio }),
    logERefuted: quantile.logEvidence(stages, { ...tuning, direction: worse, ratio }),
    logEHarm: quantile.logEvidence(stages, { ...tuning, direction: worse, ratio: 1 }),
  };
}

function waysOf({ direction }: { direction: 'up' | 'down' }) {
  return direction === 'up'
    ? ({ better: 'up', worse: 'down' } as const)
    : ({ better: 'down', worse: 'up' } as const);
}

function checkMargin({ direction, marginRatio }: Claim): void {
  const up = direction === 'up';
  checkBetween(marginRatio, up ? 1e-6 : 1, up ? 1 : 1e6, 'marginRatio');
}

/** A claim that was reached: what it says, the evidence it had, and what was known at that look. */
export interface Reached<Snapshot> {
  state: Exclude<State, 'open'>;
  logE: number;
  snapshot: Snapshot;
}

/** The claim of a hypothesis after one more look; the first that is reached stays, as it was. */
export function latchHypothesis<Snapshot>(
  before: Reached<Snapshot> | undefined,
  { logERefuted, logESupported }: ClaimEvidence,
  alpha: number,
  snapshot: Snapshot,
): Reached<Snapshot> | undefined {
  const needed = Math.log(1 / alpha);
  if (before !== undefined) return before;
  if (logERefuted >= needed) return { state: 'refuted', logE: logERefuted, snapshot };
  if (logESupported >= needed) return { state: 'supported', logE: logESupported, snapshot };
  return undefined;
}

/** The claim of harm to a guardrail after one more look; once reached it stays, as it was. */
export function latchGuardrail<Snapshot>(
  before: Reached<Snapshot> | undefined,
  { logEHarm }: ClaimEvidence,
  alpha: number,
  snapshot: Snapshot,
): Reached<Snapshot> | undefined {
  if (before !== undefined || logEHarm < Math.log(1 / alpha)) return before;
  return { state: 'harmed', logE: logEHarm, snapshot };
}

/** Bounds of an effect; null where open. */
export interface Bounds {
  low: number | null;
  high: number | null;
}

/**
 * The intersection of a confidence sequence up to one more look: it is as valid as the bounds of each look (all of them
 * hold at once) and never widens. Bounds that contradict all before (an effect that changed) leave it as it was.
 */
export function narrowed(before: Bounds, now: Bounds): Bounds {
  const low = before.low === null || (now.low !== null && now.low > before.low) ? now.low : before.low;
  const high = before.high === null || (now.high !== null && now.high < before.high) ? now.high : before.high;
  if (low !== null && high !== null && low > high) return before;
  return { low, high };
}
