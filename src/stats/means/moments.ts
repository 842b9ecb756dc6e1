/**
 * Mergeable sufficient statistics for means, covariances and ratios: counts and power sums, in double-double arithmetic.
 *
 * A sum is kept as an unevaluated pair of doubles (Knuth's two-sum, Dekker's two-product; Dekker, "A floating-point
 * technique for extending the available precision", 1971), about 32 digits. So merging is adding, in any order and
 * partition, and the variance does not suffer from the cancellation of Σx² - (Σx)²/n that plain doubles have: with a
 * mean of 10^8 standard deviations it still has 14 digits.
 */
import { checkBetween, checkCount, StatsInputError } from '../input.ts';

/** high + low, |low| at most half a unit in the last place of high. */
export type Sum = readonly [high: number, low: number];

const ZERO: Sum = [0, 0];
const LARGEST = 1e100;

export interface Moments {
  n: number;
  x: Sum;
  xx: Sum;
}

/** What the calculations take: the sample mean, and the sample variance with divisor n-1 (0 below two values). */
export interface Summary {
  n: number;
  mean: number;
  variance: number;
}

export const NO_MOMENTS: Moments = { n: 0, x: ZERO, xx: ZERO };

/** The moments with one more value. Throws `StatsInputError` unless |value| <= 1e100. */
export function addValue({ n, x, xx }: Moments, value: number): Moments {
  checkBetween(value, -LARGEST, LARGEST, 'value');
  return { n: n + 1, x: plus(x, [value, 0]), xx: plus(xx, product(value, value)) };
}

export function mergeMoments(one: Moments, other: Moments): Moments {
  return { n: one.n + other.n, x: plus(one.x, other.x), xx: plus(one.xx, other.xx) };
}

export function summaryOf({ n, x, xx }: Moments): Summary {
  const mean = n === 0 ? 0 : value(x) / n;
  return { n, mean, variance: n < 2 ? 0 : Math.max(0, centred(n, xx, x, x)) / (n - 1) };
}

/** The summary of a list of values. Throws `StatsInputError` unless each is a number of at most 1e100. */
export function summarise(values: readonly number[]): Summary {
  return summaryOf(values.reduce(addValue, NO_MOMENTS));
}

/** Sums over units of two measurements: for `cuped.ts` y and its covariate x, for `ratio.ts` numerator and denominator. */
export interface PairMoments {
  n: number;
  x: Sum;
  y: Sum;
  xx: Sum;
  yy: Sum;
  xy: Sum;
}

export const NO_PAIRS: PairMoments = { n: 0, x: ZERO, y: ZERO, xx: ZERO, yy: ZERO, xy: ZERO };

/** The sums with one more unit. Throws `StatsInputError` unless |x|, |y| <= 1e100. */
export function addPair(sums: PairMoments, { x, y }: { x: number; y: number }): PairMoments {
  checkBetween(x, -LARGEST, LARGEST, 'x');
  checkBetween(y, -LARGEST, LARGEST, 'y');
  return {
    n: sums.n + 1,
    x: plus(sums.x, [x, 0]),
    y: plus(sums.y, [y, 0]),
    xx: plus(sums.xx, product(x, x)),
    yy: plus(sums.yy, product(y, y)),
    xy: plus(sums.xy, product(x, y)),
  };
}

export function mergePairs(one: PairMoments, other: PairMoments): PairMoments {
  return {
    n: one.n + other.n,
    x: plus(one.x, other.x),
    y: plus(one.y, other.y),
    xx: plus(one.xx, other.xx),
    yy: plus(one.yy, other.yy),
    xy: plus(one.xy, other.xy),
  };
}

/** Means, sample variances and covariance (divisor n-1, 0 below two units) of two measurements per unit. */
export interface PairSummary {
  n: number;
  meanX: number;
  meanY: number;
  varianceX: number;
  varianceY: number;
  covariance: number;
}

export function pairSummaryOf({ n, x, y, xx, yy, xy }: PairMoments): PairSummary {
  const per = (sum: number) => (n < 2 ? 0 : sum / (n - 1));
  return {
    n,
    meanX: n === 0 ? 0 : value(x) / n,
    meanY: n === 0 ? 0 : value(y) / n,
    varianceX: per(Math.max(0, centred(n, xx, x, x))),
    varianceY: per(Math.max(0, centred(n, yy, y, y))),
    covariance: per(centred(n, xy, x, y)),
  };
}

/** Throws `StatsInputError` unless n is whole, the mean finite and the variance 0 or more. */
export function checkSummary({ n, mean, variance }: Summary, name: string): void {
  checkCount(n, `${name}.n`);
  checkBetween(mean, -LARGEST, LARGEST, `${name}.mean`);
  checkBetween(variance, 0, LARGEST ** 2, `${name}.variance`);
  if (n < 2 && variance > 0) {
    throw new StatsInputError(`${name}.variance is ${variance}: ${n} value(s) have no variance, give 0`);
  }
}

/** The double nearest to a sum. */
export function value([high, low]: Sum): number {
  return high + low;
}

/** Σ(x - x̄)(y - ȳ) = Σxy - Σx Σy / n. */
function centred(n: number, xy: Sum, x: Sum, y: Sum): number {
  const products = times(x, y);
  const quotient = products[0] / n;
  const rest = plus(products, negative(product(quotient, n)));
  return value(plus(xy, negative(plus([quotient, 0], [value(rest) / n, 0]))));
}

function plus([a, aLow]: Sum, [b, bLow]: Sum): Sum {
  const sum = a + b;
  const part = sum - a;
  const error = a - (sum - part) + (b - part);
  return renormalised(sum, error + aLow + bLow);
}

function negative([high, low]: Sum): Sum {
  return [-high, -low];
}

function times([a, aLow]: Sum, [b, bLow]: Sum): Sum {
  const [high, low] = product(a, b);
  return renormalised(high, low + (a * bLow + aLow * b));
}

/** a b without rounding: Dekker's product of halves, because JavaScript has no fused multiply-add. */
function product(a: number, b: number): Sum {
  const high = a * b;
  const [a1, a2] = halves(a);
  const [b1, b2] = halves(b);
  return [high, a2 * b2 - (high - a1 * b1 - a2 * b1 - a1 * b2)];
}

function halves(a: number): Sum {
  const scaled = 134217729 * a;
  const high = scaled - (scaled - a);
  return [high, a - high];
}

function renormalised(high: number, low: number): Sum {
  const sum = high + low;
  return [sum, low - (sum - high)];
}
