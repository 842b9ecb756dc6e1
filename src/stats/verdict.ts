/**
 * From evidence to claims about one metric, and from metrics to a run.
 *
 * Direction-normalised, delta is the log ratio when more is better and its negative when less is, and m >= 0 the margin:
 * `supported` rejects delta <= -m, `refuted` rejects delta >= -m, `harmed` rejects delta >= 0. The first two nulls share
 * only their boundary, so each one-sided test gets the full alpha. A claim, once reached, stays (Ville's inequality is
 * about the first crossing). Over several metrics: support needs all of them, so it needs no correction
 * (intersection-union, Berger 1982); harm needs any of them, so their alphas sum to alpha (weighted Bonferroni).
 */
import { logEvidence, ROBUST_SCALES } from './counts.ts';
import { checkBetween, checkFraction, type StageCounts } from './input.ts';

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

const SMALLEST_SCALE = 0.01;
const LARGEST_SCALE = 2;

/**
 * Scales of the prior for support: what must be told from the margin is "nothing changes", at a distance of |ln margin|.
 * Without a margin there is no such distance, and the robust mixture stands in.
 */
export function supportScales({ marginRatio }: Claim): readonly number[] {
  const distance = Math.abs(Math.log(marginRatio));
  return distance === 0 ? ROBUST_SCALES : [Math.min(LARGEST_SCALE, Math.max(SMALLEST_SCALE, distance))];
}

/** The scales whose bounds reach the margin exactly when the claim is reached. */
export function boundScales(claim: Claim): { up: readonly number[]; down: readonly number[] } {
  const support = supportScales(claim);
  return claim.direction === 'up'
    ? { up: support, down: ROBUST_SCALES }
    : { up: ROBUST_SCALES, down: support };
}

/** The evidence for each claim on a metric that counts units with an event. Throws `StatsInputError`. */
export function weigh(stages: readonly StageCounts[], claim: Claim): ClaimEvidence {
  const up = claim.direction === 'up';
  checkBetween(claim.marginRatio, up ? 1e-6 : 1, up ? 1 : 1e6, 'marginRatio');
  const nullLogRatio = Math.log(claim.marginRatio);
  const better = up ? 'up' : 'down';
  const worse = up ? 'down' : 'up';
  return {
    logESupported: logEvidence(stages, { direction: better, nullLogRatio, scales: supportScales(claim) }),
    logERefuted: logEvidence(stages, { direction: worse, nullLogRatio, scales: ROBUST_SCALES }),
    logEHarm: logEvidence(stages, { direction: worse, nullLogRatio: 0, scales: ROBUST_SCALES }),
  };
}

/** The state of a hypothesis after one more look; what was reached before stays. */
export function latchHypothesis(before: State, evidence: ClaimEvidence, alpha: number): State {
  if (before !== 'open') return before;
  const needed = Math.log(1 / alpha);
  if (evidence.logERefuted >= needed) return 'refuted';
  return evidence.logESupported >= needed ? 'supported' : 'open';
}

/** The state of a guardrail after one more look; harm, once found, stays. */
export function latchGuardrail(before: State, evidence: ClaimEvidence, alpha: number): State {
  return before === 'harmed' || evidence.logEHarm >= Math.log(1 / alpha) ? 'harmed' : 'open';
}

/** Intersection-union: the whole is supported when every part is, each at the full alpha. */
export function allSupported(states: readonly State[]): boolean {
  return states.length > 0 && states.every((state) => state === 'supported');
}

/**
 * The alphas of several guardrails, in their order, with sum `alpha`: half of it shared by the critical ones, half by
 * the others; all of it by one kind when the other is missing.
 */
export function weightedAlphas(alpha: number, critical: readonly boolean[]): number[] {
  checkFraction(alpha, 'alpha');
  const criticals = critical.filter(Boolean).length;
  const others = critical.length - criticals;
  const half = criticals > 0 && others > 0 ? alpha / 2 : alpha;
  return critical.map((isCritical) => half / (isCritical ? criticals : others));
}
