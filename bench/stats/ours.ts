/**
 * Our methods in the form that races need: "has the evidence reached 1/alpha?". All evidence comes from `src/stats`.
 * Most looks are far from an alarm, so a cheap upper bound skips them without computing the evidence.
 */
import * as counts from '../../src/stats/counts/counts.ts';
import type { RatePlan } from '../../src/stats/counts/rates.ts';
import * as rates from '../../src/stats/counts/rates.ts';
import type { StageRates } from '../../src/stats/counts/stage-rates.ts';
import type { StageCounts } from '../../src/stats/input.ts';
import { PLANNED_N } from '../../src/stats/means/mean.ts';
import { bernoulliDivergence } from '../../src/stats/planning/limits.ts';
import { type ArmMeans, type MeanClaim, weighMeans } from '../../src/stats/verdict.ts';
import { nearestRates } from './rivals/oracle.ts';
import { absolute, zOf } from './rivals/peers.ts';
import { type Binary, type Stage, summaryOfArm } from './traffic/streams.ts';

export const ALPHA = 0.05;
export const NEEDED = -Math.log(ALPHA);
const ROUNDING = 1e-6;

export type Direction = 'up' | 'down';

/**
 * Upper bound of the evidence of these stages, nats: a mixture of likelihood ratios is at most the product of each
 * stage's greatest ratio on its side of the null.
 */
export function maxEvidence(stages: readonly Stage[], direction: Direction, nullLogRatio = 0): number {
  let max = ROUNDING;
  for (const { share, control, treatment } of stages) {
    const n = control.events + treatment.events;
    if (n === 0) continue;
    const theta = 1 / (1 + ((1 - share) / share) * Math.exp(-nullLogRatio));
    const observed = treatment.events / n;
    if (observed > theta === (direction === 'up')) max += n * bernoulliDivergence(observed, theta);
  }
  return max;
}

export function stageCounts(stages: readonly Stage[]): StageCounts[] {
  return stages.map(({ share, control, treatment }) => ({
    share,
    control: control.events,
    treatment: treatment.events,
  }));
}

/**
 * The exact test of the ratio of rates against "no change, or a change in the other direction", or against a margin.
 */
export function exactCounts(direction: Direction, scales = counts.ROBUST_SCALES, nullLogRatio = 0) {
  const question = { direction, nullLogRatio, scales };
  return ({ stages }: Binary) =>
    maxEvidence(stages, direction, nullLogRatio) >= NEEDED &&
    counts.logEvidence(stageCounts(stages), question) >= NEEDED;
}

export function stageRates(stages: readonly Stage[]): StageRates[] {
  return stages.map(({ share, control, treatment }) => ({
    share,
    control: { events: control.events, units: control.n },
    treatment: { events: treatment.events, units: treatment.n },
  }));
}

/**
 * Upper bound of what the bets on both rates have won, nats: twice the wealth of the best bet on arms weighted to their
 * shares, which is their divergence from the nearest rates of the null.
 */
export function maxWealth(stages: readonly Stage[], direction: Direction, nullLogRatio = 0): number {
  const ratio = Math.exp(nullLogRatio);
  let max = Math.LN2 + ROUNDING;
  for (const { share, control, treatment } of stages) {
    if (control.n === 0 || treatment.n === 0) continue;
    const rates = [control.events / control.n, treatment.events / treatment.n] as const;
    if (rates[1] > ratio * rates[0] !== (direction === 'up')) continue;
    const nearest = nearestRates(share, rates, ratio);
    const units = (control.n * treatment.n) / ((control.n + treatment.n) * share * (1 - share));
    max +=
      units *
      ((1 - share) * bernoulliDivergence(rates[0], nearest[0]) +
        share * bernoulliDivergence(rates[1], nearest[1]));
  }
  return max;
}

interface RateTuning extends RatePlan {
  nullLogRatio?: number;
  scales?: readonly number[];
}

/**
 * The averaged e-value of events and bets, against "no change, or a change in the other direction", or against a
 * margin.
 */
export function twoRates(
  direction: Direction,
  { nullLogRatio = 0, scales = counts.ROBUST_SCALES, ...plan }: RateTuning = {},
) {
  const question = { direction, nullLogRatio, scales, ...plan };
  return ({ stages }: Binary) =>
    Math.max(maxEvidence(stages, direction, nullLogRatio), maxWealth(stages, direction, nullLogRatio)) >=
      NEEDED && rates.logEvidence(stageRates(stages), question) >= NEEDED;
}

export interface MeanStage {
  control: ArmMeans;
  treatment: ArmMeans;
}

/**
 * The asymptotic sequence of means with its burn-in: the regression flag of a metric that is better in the other
 * direction.
 */
export function means(
  direction: Direction,
  { scale = 'difference', plannedN = PLANNED_N }: Partial<Pick<MeanClaim, 'scale' | 'plannedN'>> = {},
) {
  const better = direction === 'up' ? 'down' : 'up';
  const claim: MeanClaim = { direction: better, scale, margin: 0, alpha: ALPHA, plannedN };
  return (stages: readonly MeanStage[]) =>
    mayReach(stages, claim) && weighMeans(stages, claim).logEHarm >= NEEDED;
}

/** False if the evidence cannot reach NEEDED: that of one stage is at most ln 2 + z²/2 nats. */
function mayReach([only, another]: readonly MeanStage[], { scale }: MeanClaim): boolean {
  if (only === undefined || another !== undefined || scale !== 'difference') return true;
  const z = zOf(absolute(only.control, only.treatment));
  return !(Math.LN2 + (z * z) / 2 + ROUNDING < NEEDED);
}

/** `means` on a stream of 0/1 outcomes. */
export function binaryMeans(...settings: Parameters<typeof means>) {
  const alarms = means(...settings);
  return ({ stages }: Binary) =>
    alarms(
      stages.map(({ control, treatment }) => ({
        control: summaryOfArm(control),
        treatment: summaryOfArm(treatment),
      })),
    );
}
