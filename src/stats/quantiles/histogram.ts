/**
 * Distributions as step functions: a log-bucket histogram, whose counts merge exactly, or a sample itself.
 *
 * Bucket j of a histogram with growth g holds the values from g^j up to below g^(j+1), so a factor of g^m shifts it by m
 * buckets. Growth 1.01 covers 1 ms to 60 s in 1,106 buckets.
 */
import { checkBetween, checkCount, StatsInputError } from '../input.ts';

export const GROWTH = 1.01;
const MAX_INDEX = 1e7;

/** The filled buckets in ascending order, each with its count. */
export interface Histogram {
  /** Above 1, at most 2: the ratio of the edges of a bucket. */
  growth: number;
  /** Values of 0, which no bucket holds. */
  zeros: number;
  buckets: ArrayLike<number>;
  counts: ArrayLike<number>;
}

/** Throws `StatsInputError` unless the value is a number from 0 up. */
export function bucketOf(value: number, growth = GROWTH): number {
  checkBetween(value, Number.MIN_VALUE, Number.MAX_VALUE, 'value');
  return Math.floor(Math.log(value) / Math.log(growth) + 1e-12);
}

/** Throws `StatsInputError` on negative values and a growth outside (1, 2]. */
export function histogramOf(values: readonly number[], growth = GROWTH): Histogram {
  const counts = new Map<number, number>();
  let zeros = 0;
  for (const value of values) {
    if (value === 0) zeros++;
    else {
      const bucket = bucketOf(value, growth);
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    }
  }
  return { growth, zeros, ...sorted(counts) };
}

/** Bucket -> count in the order of the buckets. */
export function sorted(counts: ReadonlyMap<number, number>): Pick<Histogram, 'buckets' | 'counts'> {
  const buckets = Float64Array.from(counts.keys()).sort();
  return { buckets, counts: buckets.map((bucket) => counts.get(bucket) as number) };
}

/** Throws `StatsInputError` when the two have different growth. */
export function mergeHistograms(one: Histogram, other: Histogram): Histogram {
  if (one.growth !== other.growth) {
    throw new StatsInputError(
      `growth is ${one.growth} and ${other.growth}: only equal buckets can be merged`,
    );
  }
  const counts = new Map<number, number>();
  for (const { buckets, counts: added } of [one, other]) {
    for (let i = 0; i < buckets.length; i++) {
      const bucket = buckets[i] as number;
      counts.set(bucket, (counts.get(bucket) ?? 0) + (added[i] as number));
    }
  }
  return { growth: one.growth, zeros: one.zeros + other.zeros, ...sorted(counts) };
}

/**
 * An empirical distribution function: of `n` values, how many lie at or below each of the ascending positions. Where a
 * position stands several times, only the last of its counts is that of the function.
 */
export interface Steps {
  n: number;
  positions: Float64Array;
  upTo: Float64Array;
}

/** The steps of a histogram; positions are bucket indices, -Infinity for zeros. Throws `StatsInputError`. */
export function stepsOfHistogram({ growth, zeros, buckets, counts }: Histogram, name: string): Steps {
  if (!(growth > 1 && growth <= 2)) {
    throw new StatsInputError(`${name}.growth is ${growth}: it must lie above 1 and not above 2`);
  }
  checkCount(zeros, `${name}.zeros`);
  if (buckets.length !== counts.length) {
    throw new StatsInputError(`${name}: give one count for each bucket`);
  }
  const start = zeros > 0 ? 1 : 0;
  const positions = new Float64Array(buckets.length + start);
  const filled = new Float64Array(buckets.length + start);
  if (zeros > 0) [positions[0], filled[0]] = [Number.NEGATIVE_INFINITY, zeros];
  for (let i = 0; i < buckets.length; i++) {
    const bucket = buckets[i] as number;
    if (!Number.isInteger(bucket) || Math.abs(bucket) > MAX_INDEX) {
      throw new StatsInputError(`${name}: ${bucket} is no bucket, use whole numbers up to ±${MAX_INDEX}`);
    }
    if (i > 0 && bucket <= (buckets[i - 1] as number)) {
      throw new StatsInputError(`${name}: bucket ${bucket} comes after ${buckets[i - 1]}, they must ascend`);
    }
    const count = counts[i] as number;
    if (!Number.isSafeInteger(count) || count < 0) checkCount(count, `${name}.counts of bucket ${bucket}`);
    positions[i + start] = bucket;
    filled[i + start] = count;
  }
  return stepsOf(positions, filled);
}

/** The steps of a sample. Throws `StatsInputError` unless every value is a number from 0 up. */
export function stepsOfSample(values: readonly number[], name: string): Steps {
  const bad = values.findIndex((value) => !(value >= 0 && value <= Number.MAX_VALUE));
  if (bad >= 0) checkBetween(values[bad] as number, 0, Number.MAX_VALUE, `${name}[${bad}]`);
  const sorted = Float64Array.from(values).sort();
  return stepsOf(sorted, new Float64Array(sorted.length).fill(1));
}

/** Turns the counts at ascending positions into running sums, in place. */
function stepsOf(positions: Float64Array, counts: Float64Array): Steps {
  for (let i = 1; i < counts.length; i++) (counts[i] as number) += counts[i - 1] as number;
  return { n: counts.at(-1) ?? 0, positions, upTo: counts };
}

/** How many lie at or below `position`. */
export function countUpTo({ positions, upTo }: Steps, position: number): number {
  const index = firstIndex(positions.length, (i) => (positions[i] as number) > position);
  return index === 0 ? 0 : (upTo[index - 1] as number);
}

/** The index of the position at which the running count first reaches `count`, for 0 < count <= n. */
export function indexOfCount({ upTo }: Steps, count: number): number {
  return firstIndex(upTo.length, (i) => (upTo[i] as number) >= count);
}

/** The first index below `length` for which `is` holds, which from there on it always does; else `length`. */
function firstIndex(length: number, is: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (is(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
