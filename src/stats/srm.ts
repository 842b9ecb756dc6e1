/**
 * Sample-ratio mismatch: were units assigned in the shares that were intended?
 *
 * The Dirichlet-multinomial e-process (Lindon and Malek, "Anytime-Valid Inference For Multinomial Count Data",
 * NeurIPS 2022): the marginal likelihood of the counts under a Dirichlet prior around the intended shares, over their
 * likelihood under the shares themselves. Exact, valid at every look. A mismatch makes a verdict `invalid`.
 */
import { checkBetween, checkCount, checkFraction, StatsInputError } from './input.ts';
import { stirlingRemainder } from './special.ts';

/** Concentration of the prior: how near to the intended shares a mismatch is expected to lie. */
export const SRM_CONCENTRATION = 10_000;
const SRM_ALPHA = 0.01;

/** Exact numbers of distinct units per arm during one period of constant shares. */
export interface StageUnits {
  counts: readonly number[];
  /** Intended shares in the same order; they sum to 1. */
  shares: readonly number[];
}

/**
 * Natural log of the e-value against "units fall into the arms in the intended shares", a fresh prior in every stage.
 * Throws `StatsInputError` on counts that are not whole or shares that do not sum to 1.
 */
export function logMismatch(stages: readonly StageUnits[], concentration = SRM_CONCENTRATION): number {
  checkBetween(concentration, 1e-3, 1e12, 'concentration');
  return stages.reduce((sum, stage, i) => sum + logMismatchOf(check(stage, i), concentration), 0);
}

/** Whether the e-value of `logMismatch` has reached 1/alpha. */
export function isMismatch(logE: number, alpha = SRM_ALPHA): boolean {
  return logE >= Math.log(1 / alpha);
}

/**
 * lnΓ(k) - lnΓ(k+n) + Σ[lnΓ(kρ+x) - lnΓ(kρ)] - Σ x ln ρ with the leading terms of Stirling's formula combined by hand:
 * what is left are small terms, so that it stays exact where the log-gamma values themselves are 10^13.
 */
function logMismatchOf({ counts, shares }: StageUnits, k: number): number {
  const n = counts.reduce((sum, count) => sum + count, 0);
  const all = k + n;
  let logE = 0.5 * Math.log(all / k) + stirlingRemainder(k) - stirlingRemainder(all);
  counts.forEach((count, i) => {
    const share = shares[i] as number;
    const prior = k * share;
    const posterior = prior + count;
    logE +=
      posterior * Math.log1p((count - n * share) / (all * share)) -
      0.5 * Math.log1p(count / prior) +
      stirlingRemainder(posterior) -
      stirlingRemainder(prior);
  });
  return logE;
}

function check(stage: StageUnits, index: number): StageUnits {
  const { counts, shares } = stage;
  if (counts.length < 2 || counts.length !== shares.length) {
    throw new StatsInputError(`stages[${index}]: give one count and one share for each of at least two arms`);
  }
  for (const [i, count] of counts.entries()) checkCount(count, `stages[${index}].counts[${i}]`);
  for (const [i, share] of shares.entries()) checkFraction(share, `stages[${index}].shares[${i}]`);
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (Math.abs(total - 1) > 1e-9) {
    throw new StatsInputError(`stages[${index}].shares sum to ${total}: they must sum to 1`);
  }
  return stage;
}
