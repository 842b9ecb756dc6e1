/**
 * CUPED: a metric freed of what its value before the exposure already told (Deng, Xu, Kohavi and Walker, "Improving the
 * sensitivity of online controlled experiments by utilizing pre-experiment data", WSDM 2013).
 *
 * y' = y - theta (x - x̄), theta = Σ cov(y,x) / Σ var(x) over the arms. At a correlation of r the variance falls by r².
 * x must be of a time before the exposure, or the treatment could change it.
 */
import { checkBetween, checkCount, StatsInputError } from '../input.ts';
import type { StageMeans } from './mean.ts';
import type { PairSummary } from './moments.ts';

/** Beyond this, products would leave the range of numbers. */
const LARGEST = 1e100;

export interface StagePairs {
  control: PairSummary;
  treatment: PairSummary;
}

export interface Adjusted {
  theta: number;
  stages: StageMeans[];
}

/**
 * The stages with the covariate x taken out of y, for `mean.ts`; one theta for all. 0 where x does not vary. Throws
 * `StatsInputError` on summaries that no data have.
 */
export function adjust(stages: readonly StagePairs[]): Adjusted {
  const arms = stages.flatMap(({ control, treatment }, i) => [
    checked(control, `stages[${i}].control`),
    checked(treatment, `stages[${i}].treatment`),
  ]);
  const spread = arms.reduce((sum, { varianceX }) => sum + varianceX, 0);
  const theta = spread > 0 ? arms.reduce((sum, { covariance }) => sum + covariance, 0) / spread : 0;
  const n = arms.reduce((sum, arm) => sum + arm.n, 0);
  const centre = n > 0 ? arms.reduce((sum, arm) => sum + arm.n * arm.meanX, 0) / n : 0;
  const adjusted = ({ n, meanX, meanY, varianceX, varianceY, covariance }: PairSummary) => ({
    n,
    mean: meanY - theta * (meanX - centre),
    variance: Math.max(0, varianceY - 2 * theta * covariance + theta * theta * varianceX),
  });
  return {
    theta,
    stages: stages.map(({ control, treatment }) => ({
      control: adjusted(control),
      treatment: adjusted(treatment),
    })),
  };
}

function checked(arm: PairSummary, name: string): PairSummary {
  checkCount(arm.n, `${name}.n`);
  for (const key of ['meanX', 'meanY', 'covariance'] as const)
    checkBetween(arm[key], -LARGEST, LARGEST, `${name}.${key}`);
  for (const key of ['varianceX', 'varianceY'] as const) checkBetween(arm[key], 0, LARGEST, `${name}.${key}`);
  if (Math.abs(arm.covariance) > (1 + 1e-9) * Math.sqrt(arm.varianceX * arm.varianceY)) {
    throw new StatsInputError(
      `${name}.covariance is ${arm.covariance}: the variances allow no more than their geometric mean`,
    );
  }
  return arm;
}
