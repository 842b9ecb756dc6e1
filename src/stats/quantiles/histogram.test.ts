import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StatsInputError } from '../input.ts';
import {
  bucketOf,
  countUpTo,
  histogramOf,
  indexOfCount,
  mergeHistograms,
  stepsOfHistogram,
  stepsOfSample,
} from './histogram.ts';

const values = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 6e4, noNaN: true })), {
  maxLength: 80,
});

test('a bucket holds the values from its lower edge up to below its upper', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
      fc.double({ min: 1.001, max: 2, noNaN: true }),
      (value, growth) => {
        const bucket = bucketOf(value, growth);
        assert.ok(growth ** bucket <= value * (1 + 1e-9) && value < growth ** (bucket + 1) * (1 + 1e-9));
      },
    ),
    { seed: 7 },
  );
  assert.deepEqual(
    [1, 1.5, 2, 8, 0.25].map((value) => bucketOf(value, 2)),
    [0, 0, 1, 3, -2],
  );
});

test('the steps of a histogram count every value once, zeros below all', () => {
  const steps = stepsOfHistogram(histogramOf([0, 3, 8, 0, 3.5, 1], 2), 'control');
  assert.deepEqual(steps, {
    n: 6,
    positions: Float64Array.of(Number.NEGATIVE_INFINITY, 0, 1, 3),
    upTo: Float64Array.of(2, 3, 5, 6),
  });
  assert.deepEqual(
    [-5, 0, 1, 2, 3, 9].map((at) => countUpTo(steps, at)),
    [2, 3, 5, 5, 6, 6],
  );
  assert.equal(stepsOfHistogram(histogramOf([]), 'control').n, 0);
});

test('merging is counting together, in any partition and order', () => {
  fc.assert(
    fc.property(values, values, (one, other) => {
      const merged = mergeHistograms(histogramOf(one), histogramOf(other));
      const whole = histogramOf([...other, ...one]);
      assert.equal(merged.zeros, whole.zeros);
      assert.deepEqual([merged.buckets, merged.counts], [whole.buckets, whole.counts]);
    }),
    { seed: 7 },
  );
  assert.throws(
    () => mergeHistograms(histogramOf([1], 1.01), histogramOf([1], 1.02)),
    /growth is 1\.01 and 1\.02/,
  );
});

test('a sample counts the values at or below a position', () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 6e4, noNaN: true }), (sample, at) => {
      const steps = stepsOfSample(sample, 'control');
      assert.equal(steps.n, sample.length);
      assert.equal(countUpTo(steps, at), sample.filter((value) => value <= at).length);
    }),
    { seed: 7 },
  );
});

test('the index of a count is where it is first reached', () => {
  const steps = stepsOfSample([5, 1, 3, 3], 'control');
  assert.deepEqual(
    [0.5, 1, 1.5, 3, 4].map((count) => steps.positions[indexOfCount(steps, count)]),
    [1, 1, 3, 3, 5],
  );
});

test('what is no distribution is refused by name', () => {
  const bad: [() => unknown, RegExp][] = [
    [() => bucketOf(0), /value is 0/],
    [() => bucketOf(Number.NaN), /value is NaN/],
    [() => histogramOf([-1]), /value is -1/],
    [() => stepsOfSample([1, -1], 'treatment'), /treatment\[1\] is -1/],
    [() => stepsOfSample([Number.NaN], 'treatment'), /treatment\[0\] is NaN/],
    [
      () => stepsOfHistogram({ growth: 1, zeros: 0, buckets: [], counts: [] }, 'control'),
      /control\.growth is 1: it must lie above 1/,
    ],
    [() => stepsOfHistogram({ growth: 2.1, zeros: 0, buckets: [], counts: [] }, 'control'), /growth is 2\.1/],
    [
      () => stepsOfHistogram({ growth: 2, zeros: -1, buckets: [], counts: [] }, 'control'),
      /control\.zeros is -1/,
    ],
    [
      () => stepsOfHistogram({ growth: 2, zeros: 0, buckets: [1], counts: [0.5] }, 'control'),
      /control\.counts of bucket 1 is 0\.5/,
    ],
    [
      () => stepsOfHistogram({ growth: 2, zeros: 0, buckets: [1.5], counts: [1] }, 'control'),
      /control: 1\.5 is no bucket/,
    ],
    [
      () => stepsOfHistogram({ growth: 2, zeros: 0, buckets: [-1e8], counts: [1] }, 'control'),
      /-100000000 is no bucket/,
    ],
  ];
  for (const [run, message] of bad)
    assert.throws(
      run,
      (error) => error instanceof StatsInputError && message.test(error.message),
      `${message}`,
    );
});
