/**
 * Sample-ratio mismatch: were units assigned in the shares that were intended?
 *
 * The Dirichlet-multinomial e-process (Lindon and Malek, "Anytime-Valid Inference For Multinomial Count Data",
 * NeurIPS 2022): the marginal likelihood of the counts under a Dirichlet prior around the intended shares, over their
 * likelihood under the shares themselves. Exact, valid at every look. A mismatch makes a verdict `invalid`.
 */
import { checkBetween, checkCount, checkFraction, StatsInputError } from '../input.ts';
import { logSumExp, stirlingRemainder } from '../numerics/special.ts';

/**
 * Concentrations of the prior, mixed equally: 20 detects the total loss of an arm within tens of units, 300 a partial
 * loss, 10,000 a slight mismatch. Against 10,000 alone, the mixture costs 3 % on a slight mismatch (`bench/stats`).
 */
export const CONCENTRATIONS: readonly number[] = [20, 300, 10_000];
const SRM_ALPHA = 0.01;
const SHARE_TOLERANCE = 1e-3;

/** Exact numbers of distinct units per arm during one period of constant shares. */
export interface StageUnits {
  counts: readonly number[];
  /** Intended shares in the same order; they sum to 1. */
  shares: readonly number[];
}

export interface MismatchPrior {
  /**
   * Pseudo-counts of the Dirichlet prior are k times the intended shares; several k are mixed. Default
   * `CONCENTRATIONS`.
   */
  k?: number | readonly number[];
  /** Pseudo-counts instead of k. */
  prior?: readonly number[];
  /** Whether a stage starts from what the one before taught, or afresh. */
  carry?: boolean;
}

/**
 * Natural log of the e-value against "units fall into the arms in the intended shares", summed over the stages. Throws
 * `StatsInputError` on counts that are not whole or shares that do not sum to 1.
 */
export function logMismatch(
  stages: readonly StageUnits[],
  { k = CONCENTRATIONS, prior, carry = false }: MismatchPrior = {},
): number {
  const concentrations = typeof k === 'number' ? [k] : k;
  if (concentrations.length === 0) throw new StatsInputError('k is empty: give at least one');
  for (const each of concentrations) checkBetween(each, 1e-3, 1e12, 'k');
  const periods = stages.map(check);
  const priors = prior ? [() => prior] : concentrations.map(pseudoCounts);
  const mixed = (parts: readonly StageUnits[]) =>
    logSumExp(priors.map((start) => carried(parts, start))) - Math.log(priors.length);
  return carry ? mixed(periods) : periods.reduce((sum, period) => sum + mixed([period]), 0);
}

const pseudoCounts = (k: number) => (shares: readonly number[]) => shares.map((share) => k * share);

/** The evidence of stages that each start from the posterior of the one before. */
function carried(
  stages: readonly StageUnits[],
  start: (shares: readonly number[]) => readonly number[],
): number {
  let logE = 0;
  let learned: readonly number[] | undefined;
  for (const [i, { counts, shares }] of stages.entries()) {
    const prior = learned ?? start(shares);
    if (prior.length !== counts.length) {
      throw new StatsInputError(
        `stages[${i}]: the prior is for ${prior.length} arms, there are ${counts.length}`,
      );
    }
    for (const [arm, pseudo] of prior.entries()) checkBetween(pseudo, 1e-12, 1e16, `prior[${arm}]`);
    logE += logMismatchOf(counts, shares, prior);
    learned = counts.map((count, arm) => count + (prior[arm] as number));
  }
  return logE;
}

/** Whether the e-value of `logMismatch` has reached 1/alpha. */
export function isMismatch(logE: number, alpha = SRM_ALPHA): boolean {
  return logE >= Math.log(1 / alpha);
}

/**
 * lnΓ(A) - lnΓ(A+n) + Σ[lnΓ(a+x) - lnΓ(a)] - Σ x ln ρ, A = Σ a, with the leading terms of Stirling's formula combined
 * by hand: what is left are small terms, so that it stays exact where the log-gamma values themselves are 10^13.
 */
function logMismatchOf(
  counts: readonly number[],
  shares: readonly number[],
  prior: readonly number[],
): number {
  const before = prior.reduce((sum, pseudo) => sum + pseudo, 0);
  const after = counts.reduce((sum, count) => sum + count, before);
  const n = after - before;
  let logE = 0.5 * Math.log1p(n / before) + stirlingRemainder(before) - stirlingRemainder(after);
  counts.forEach((count, i) => {
    const share = shares[i] as number;
    const pseudo = prior[i] as number;
    const posterior = pseudo + count;
    const priorSurplus = pseudo - before * share;
    logE +=
      posterior * Math.log1p((priorSurplus + count - n * share) / (after * share)) -
      pseudo * Math.log1p(priorSurplus / (before * share)) -
      0.5 * Math.log1p(count / pseudo) +
      stirlingRemainder(posterior) -
      stirlingRemainder(pseudo);
  });
  return logE;
}

/** The stage with shares normalised to sum to 1: shares written with few digits are no mismatch. */
function check({ counts, shares }: StageUnits, index: number): StageUnits {
  if (counts.length < 2 || counts.length !== shares.length) {
    throw new StatsInputError(`stages[${index}]: give one count and one share for each of at least two arms`);
  }
  for (const [i, count] of counts.entries()) checkCount(count, `stages[${index}].counts[${i}]`);
  for (const [i, share] of shares.entries()) checkFraction(share, `stages[${index}].shares[${i}]`);
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (Math.abs(total - 1) > SHARE_TOLERANCE) {
    throw new StatsInputError(`stages[${index}].shares sum to ${total}: they must sum to 1`);
  }
  return { counts, shares: shares.map((share) => share / total) };
}
