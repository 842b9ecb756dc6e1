/**
 * Ratio metrics, and events of units that were randomised as a whole (requests of a person, items of an order).
 *
 * The delta method on sums per unit (Deng, Knoblich and Lu, "Applying the Delta Method in Metric Analytics", KDD 2018):
 * R = ΣE/ΣN over units, with n = units. Treating the requests of one person as independent instead gives 45 % false
 * alarms in the torture table of `bench/stats`.
 */
import { checkBetween, checkCount, StatsInputError } from '../input.ts';
import { type PairMoments, pairSummaryOf, type Summary, value } from './moments.ts';

/** Sums over the units of one arm: E is the numerator of each, N its denominator. */
export interface UnitSums {
  units: number;
  e: number;
  n: number;
  ee: number;
  nn: number;
  en: number;
}

/** Sums beyond this are refused: their products must stay numbers. */
const LARGEST = 1e60;
const ROUNDING = 1e-9;

/**
 * The ratio as a mean over units, for `mean.ts`: mean R, variance V n with V = [ΣE² - 2RΣEN + R²ΣN²] / (n² m²),
 * m = ΣN/n. Throws `StatsInputError` on sums that no units can have; without units or denominators n is 0.
 */
export function ratioSummary(sums: UnitSums, name = 'units'): Summary {
  checkCount(sums.units, `${name}.units`);
  for (const key of ['e', 'n', 'en'] as const) checkBetween(sums[key], -LARGEST, LARGEST, `${name}.${key}`);
  for (const key of ['n', 'ee', 'nn'] as const) checkBetween(sums[key], 0, LARGEST, `${name}.${key}`);
  const { units, e, n, ee, nn, en } = sums;
  const possible = (part: number, whole: number) => part * part <= whole * (1 + ROUNDING);
  if (!possible(e, units * ee) || !possible(n, units * nn) || !possible(en, ee * nn)) {
    throw new StatsInputError(`${name}: no ${units} units have these sums of squares and products`);
  }
  if (units === 0 || n === 0) return { n: 0, mean: 0, variance: 0 };
  const ratio = e / n;
  const squares = ee - 2 * ratio * en + ratio * ratio * nn;
  return summary(units, ratio, Math.max(0, squares) / units, n / units);
}

/** The same from mergeable sums, `y` the numerator and `x` the denominator, free of the cancellation in the squares. */
export function ratioSummaryOf(sums: PairMoments): Summary {
  const { n, meanX, varianceX, varianceY, covariance } = pairSummaryOf(sums);
  if (n === 0 || meanX <= 0) return { n: 0, mean: 0, variance: 0 };
  const ratio = value(sums.y) / value(sums.x);
  const residual = varianceY - 2 * ratio * covariance + ratio * ratio * varianceX;
  return summary(n, ratio, (Math.max(0, residual) * (n - 1)) / n, meanX);
}

/** V n: the mean square of E - RN over the units, whose mean is 0, in units of the squared mean denominator. */
function summary(units: number, ratio: number, meanSquare: number, denominator: number): Summary {
  const variance = units < 2 ? 0 : meanSquare / denominator ** 2;
  if (!Number.isFinite(variance))
    throw new StatsInputError('the denominators are too small for their ratio to be a number');
  return { n: units, mean: ratio, variance };
}
