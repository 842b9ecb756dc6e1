/**
 * Several tests at once: what may be concluded from many e-values.
 *
 * Promotion needs every part, so it needs no correction (intersection-union; Berger, Technometrics 24, 1982). An abort
 * needs any guardrail, so their alphas sum to alpha (weighted Bonferroni). "Something is wrong somewhere" is the mean of
 * the e-values, valid under any dependence (Vovk and Wang, "E-values: calibration, combination and applications", Annals
 * of Statistics 49, 2021). Secondary metrics and segments: e-BH (Wang and Ramdas, "False discovery rate control with
 * e-values", JRSS B 84, 2022). Several treatment arms: alpha divided by their number.
 */
import { checkFraction, checkPositive, StatsInputError } from './input.ts';
import { logSumExp } from './numerics/special.ts';

/** Intersection-union: the whole is supported when every part is, each at the full alpha. */
export function allSupported(states: readonly string[]): boolean {
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

/**
 * ln of the weighted mean of e-values, given as logarithms: an e-value against "all of the nulls hold". Equal weights
 * unless given; they are normalised. Throws `StatsInputError` on an empty list or weights that are not positive.
 */
export function logMeanEvidence(logEs: readonly number[], weights?: readonly number[]): number {
  checkEvidence(logEs);
  if (logEs.length === 0) throw new StatsInputError('logE is empty: give at least one');
  if (weights && weights.length !== logEs.length) {
    throw new StatsInputError(`weights: give ${logEs.length}, one for each logE`);
  }
  for (const [i, weight] of weights?.entries() ?? []) checkPositive(weight, `weights[${i}]`);
  const logWeights = logEs.map((_, i) => Math.log(weights?.[i] ?? 1));
  return logSumExp(logEs.map((logE, i) => logE + (logWeights[i] as number))) - logSumExp(logWeights);
}

/**
 * e-BH: which of K nulls to reject so that the expected share of false ones among them is at most `alpha`, under any
 * dependence and at any look. Rejects the k* greatest, k* = max{k : e_(k) >= K/(alpha k)}. The answer is in the order of
 * the input.
 */
export function discoveries(logEs: readonly number[], alpha: number): boolean[] {
  checkEvidence(logEs);
  checkFraction(alpha, 'alpha');
  const descending = [...logEs].sort((a, b) => b - a);
  const least = descending.findLast((logE, i) => logE >= Math.log(logEs.length / (alpha * (i + 1))));
  return logEs.map((logE) => least !== undefined && logE >= least);
}

function checkEvidence(logEs: readonly number[]): void {
  for (const [i, logE] of logEs.entries()) {
    if (Number.isNaN(logE)) throw new StatsInputError(`logE[${i}] is NaN: it must be a number`);
  }
}
