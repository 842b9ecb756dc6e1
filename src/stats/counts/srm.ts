/**
 * Sample-ratio mismatch: were units assigned in the shares that were intended?
 *
 * The Dirichlet-multinomial e-process (Lindon and Malek, "Anytime-Valid Inference For Multinomial Count Data",
 * NeurIPS 2022): the marginal likelihood of the counts under a Dirichlet prior around the intended shares, over their
 * likelihood under the shares themselves. Exact, valid at every look. A mismatch makes a verdict `invalid`.
 */
import { checkBetween, checkCount, checkFraction, StatsInputError } from '../input.ts';
import { stirlingRemainder } from '../numerics/special.ts';

/** Concentration of the prior: how near to the intended shares a mismatch is expected to lie. */
const CONCENTRATION = 10_000;
const SRM_ALPHA = 0.01;
const SHARE_TOLERANCE = 1e-3;

/** Exact numbers of distinct units per arm during one period of constant shares. */
export interface StageUnits {
  counts: readonly number[];
  /** Intended shares in the same order; they sum to 1. */
  shares: readonly number[];
}

export interface MismatchPrior {
  /** The prior is Dirichlet with these pseudo-counts, k times the intended shares unless given. */
  k?: number;
  prior?: readonly number[];
  /** Whether a stage starts from what the one before taught, or afresh. */
  carry?: boolean;
}

/**
 * Natural log of the e-value against "units fall into the arms in the intended shares", summed over the stages. k is
 * 10,000 unless given. Throws `StatsInputError` on counts that are not whole or shares that do not sum to 1.
 */
export function logMismatch(
  stages: readonly StageUnits[],
  { k = CONCENTRATION, prior, carry = false }: MismatchPrior = {},
): number {
  checkBetween(k, 1e-3, 1e12, 'k');
  let logE = 0;
  let learned: number[] | undefined;
  for (const [i, stage] of stages.entries()) {
    const { counts, shares: given } = check(stage, i);
    // Shares are often written with few digits: a rounded sum must not look like a mismatch.
    const total = given.reduce((sum, share) => sum + share, 0);
    const shares = given.map((share) => share / total);
    const start = learned ?? prior ?? shares.map((share) => k * share);
    if (start.length !== counts.length) {
      throw new StatsInputError(
        `stages[${i}]: the prior is for ${start.length} arms, there are ${counts.length}`,
      );
    }
    for (const [arm, pseudo] of start.entries()) checkBetween(pseudo, 1e-12, 1e16, `prior[${arm}]`);
    logE += logMismatchOf(counts, shares, start);
    if (carry) learned = counts.map((count, arm) => count + (start[arm] as number));
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

function check(stage: StageUnits, index: number): StageUnits {
  const { counts, shares } = stage;
  if (counts.length < 2 || counts.length !== shares.length) {
    throw new StatsInputError(`stages[${index}]: give one count and one share for each of at least two arms`);
  }
  for (const [i, count] of counts.entries()) checkCount(count, `stages[${index}].counts[${i}]`);
  for (const [i, share] of shares.entries()) checkFraction(share, `stages[${index}].shares[${i}]`);
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (Math.abs(total - 1) > SHARE_TOLERANCE) {
    throw new StatsInputError(`stages[${index}].shares sum to ${total}: they must sum to 1`);
  }
  return stage;
}
