import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StatsInputError } from '../input.ts';
import {
  addPair,
  addValue,
  checkSummary,
  mergeMoments,
  mergePairs,
  NO_MOMENTS,
  NO_PAIRS,
  pairSummaryOf,
  summarise,
  summaryOf,
} from './moments.ts';

const close = (actual: number, expected: number, relative = 1e-12) =>
  assert.ok(
    Math.abs(actual - expected) <= relative * Math.max(1e-300, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );

test('mean and sample variance are the definitions, free of cancellation far from 0', () => {
  const { n, mean, variance } = summarise([1, 2, 4, 9]);
  assert.deepEqual([n, mean], [4, 4]);
  close(variance, 38 / 3);
  // Plain sums of squares of these have no correct digit left.
  const far = summarise([1e9 + 1, 1e9 + 2, 1e9 + 4, 1e9 + 9]);
  close(far.variance, 38 / 3);
  close(far.mean, 1e9 + 4, 1e-16);
  // The limit: 32 digits less twice those of mean / sd.
  const farther = summarise([1e12 + 0.25, 1e12 + 0.5, 1e12 + 1]);
  close(farther.variance, 0.4375 / 3, 1e-6);
});

test('one value has no variance, none has no mean', () => {
  assert.deepEqual(summarise([7]), { n: 1, mean: 7, variance: 0 });
  assert.deepEqual(summarise([]), { n: 0, mean: 0, variance: 0 });
  assert.deepEqual(summarise([3, 3, 3]), { n: 3, mean: 3, variance: 0 });
});

const value = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.double({ min: 1e8, max: 1e8 + 10, noNaN: true }),
);

test('any partition and order of the values merges to the same moments', () => {
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 2, maxLength: 60 }),
      fc.array(fc.nat(4), { minLength: 60, maxLength: 60 }),
      (values, parts) => {
        const whole = summarise(values);
        const groups = [0, 1, 2, 3, 4].map((part) => values.filter((_, i) => parts[i] === part).reverse());
        const merged = summaryOf(
          groups.map((group) => group.reduce(addValue, NO_MOMENTS)).reduceRight(mergeMoments, NO_MOMENTS),
        );
        assert.equal(merged.n, whole.n);
        close(merged.mean, whole.mean, 1e-14);
        close(merged.variance, whole.variance, 1e-12);
      },
    ),
    { seed: 7 },
  );
});

test('pairs have the covariance of their definition and merge in any order', () => {
  const pairs = [
    { x: 1e7 + 1, y: 3 },
    { x: 1e7 + 2, y: 5 },
    { x: 1e7 + 4, y: 4 },
    { x: 1e7 + 9, y: 12 },
  ];
  const whole = pairSummaryOf(pairs.reduce(addPair, NO_PAIRS));
  close(whole.meanX, 1e7 + 4);
  close(whole.meanY, 6);
  close(whole.varianceX, 38 / 3);
  close(whole.varianceY, 50 / 3);
  // Deviations -3 -2 0 5 and -3 -1 -2 6.
  close(whole.covariance, 41 / 3);
  const [one, ...others] = pairs;
  const halves = mergePairs(
    others.reduce(addPair, NO_PAIRS),
    addPair(NO_PAIRS, one as { x: number; y: number }),
  );
  assert.deepEqual(pairSummaryOf(halves), whole);
  assert.deepEqual(pairSummaryOf(NO_PAIRS), {
    n: 0,
    meanX: 0,
    meanY: 0,
    varianceX: 0,
    varianceY: 0,
    covariance: 0,
  });
  assert.deepEqual(pairSummaryOf(addPair(NO_PAIRS, { x: 2, y: 3 })), {
    n: 1,
    meanX: 2,
    meanY: 3,
    varianceX: 0,
    varianceY: 0,
    covariance: 0,
  });
});

test('values that are no numbers or too large to square are refused', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e101]) {
    assert.throws(() => addValue(NO_MOMENTS, bad), /value is/);
    assert.throws(() => addPair(NO_PAIRS, { x: bad, y: 0 }), /x is/);
    assert.throws(() => addPair(NO_PAIRS, { x: 0, y: bad }), /y is/);
  }
  summarise([1e100, -1e100]);
});

test('a summary that no values have is refused by name', () => {
  const bad: [Parameters<typeof checkSummary>[0], RegExp][] = [
    [{ n: -1, mean: 0, variance: 0 }, /control\.n is -1/],
    [{ n: 1.5, mean: 0, variance: 0 }, /control\.n is 1\.5/],
    [{ n: 2, mean: Number.NaN, variance: 0 }, /control\.mean is NaN/],
    [{ n: 2, mean: 0, variance: -1 }, /control\.variance is -1/],
    [{ n: 1, mean: 0, variance: 1 }, /control\.variance is 1: 1 value\(s\) have no variance/],
  ];
  for (const [summary, message] of bad) {
    assert.throws(
      () => checkSummary(summary, 'control'),
      (error) => error instanceof StatsInputError && message.test(error.message),
    );
  }
  checkSummary({ n: 1, mean: 5, variance: 0 }, 'control');
  checkSummary({ n: 2, mean: 5, variance: 1 }, 'control');
});
