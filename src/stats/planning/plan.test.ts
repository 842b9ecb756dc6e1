import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatsInputError } from '../input.ts';
import { eventsAtLeast, eventsForSupport, valuesForMean, valuesForQuantile } from './plan.ts';

const PLAN = {
  direction: 'up',
  marginRatio: 0.8,
  share: 0.5,
  alpha: 0.05,
  power: 0.8,
  expectedRatio: 1,
} as const;

test('a run without an effect at a margin of .8 takes about 500 events, 5 % of the published 9,800 visits', () => {
  const { median, sample } = eventsForSupport(PLAN);
  assert.ok(Math.abs(median / 490 - 1) < 0.15, `${median}`);
  assert.ok(sample > 1.5 * median && sample < 2.5 * median);
});

test('less is better takes as many events as more is better', () => {
  assert.deepEqual(
    eventsForSupport({ ...PLAN, direction: 'down', marginRatio: 1.25, share: 0.3, expectedRatio: 1 / 1.1 }),
    eventsForSupport({ ...PLAN, share: 0.7, expectedRatio: 1.1 }),
  );
});

test('narrower margins, smaller shares, smaller alphas and more power need more; the wrong side of the margin is never enough', () => {
  const { median, sample } = eventsForSupport(PLAN);
  assert.ok(eventsForSupport({ ...PLAN, marginRatio: 0.9 }).median > 3 * median);
  assert.ok(eventsForSupport({ ...PLAN, share: 0.1 }).median > 2 * median);
  assert.ok(eventsForSupport({ ...PLAN, alpha: 0.01 }).median > 1.3 * median);
  assert.ok(eventsForSupport({ ...PLAN, power: 0.95 }).sample > 1.3 * sample);
  assert.ok(eventsForSupport({ ...PLAN, expectedRatio: 1.2 }).median < median / 2);
  for (const expectedRatio of [0.8, 0.7]) {
    assert.deepEqual(eventsForSupport({ ...PLAN, expectedRatio }), {
      median: Number.POSITIVE_INFINITY,
      sample: Number.POSITIVE_INFINITY,
    });
  }
});

test('no test can beat the information limit', () => {
  assert.equal(eventsAtLeast({ ...PLAN, expectedRatio: 0.8 }), Number.POSITIVE_INFINITY);
  const least = eventsAtLeast(PLAN);
  // ln 20 over the divergence of a fair coin from one of .8/1.8.
  assert.ok(
    Math.abs(least - Math.log(20) / (0.5 * Math.log(0.5 / (0.8 / 1.8)) + 0.5 * Math.log(0.5 / (1 / 1.8)))) <
      1e-6,
  );
  assert.ok(eventsForSupport(PLAN).sample > least);
});

test('a mean is planned at the fixed-sample n', () => {
  const plan = { sd: 0.6, expected: Math.log(1.1), null: 0, share: 0.5, alpha: 0.05, power: 0.8 };
  const { median, sample, plannedN, limits } = valuesForMean(plan);
  assert.equal(plannedN, Math.ceil(limits.fixedOneSided));
  assert.ok(Math.abs(median / 1_050 - 1) < 0.1 && sample > 1.5 * median, `${median} ${sample}`);
  assert.deepEqual(valuesForMean({ ...plan, expected: -plan.expected }), valuesForMean(plan), 'either way');
  assert.ok(valuesForMean({ ...plan, plannedN: 50_000 }).median > median);
  assert.ok(valuesForMean({ ...plan, sd: 0.01 }).median >= 200, 'the smaller arm needs 100 values');
});

test('quantiles take about the published samples', () => {
  const plan = { share: 0.5, alpha: 0.05, expectedRatio: 1.1, ratio: 1, logSd: 0.6 };
  for (const [quantile, published] of [
    [0.5, 2_200],
    [0.95, 6_000],
    [0.99, 14_500],
  ] as const) {
    const n = valuesForQuantile({ ...plan, quantile });
    assert.ok(n / published > 0.85 && n / published < 1.45, `${quantile}: ${n}`);
  }
  const faster = valuesForQuantile({ ...plan, quantile: 0.5, expectedRatio: 1 / 1.1 });
  assert.ok(Math.abs(faster / valuesForQuantile({ ...plan, quantile: 0.5 }) - 1) < 0.02);
  assert.ok(valuesForQuantile({ ...plan, quantile: 0.5, share: 0.1 }) > 2 * faster);
  assert.equal(valuesForQuantile({ ...plan, quantile: 0.5, ratio: 1.1 }), Number.POSITIVE_INFINITY);
});

test('plans out of range are refused by name', () => {
  const meanPlan = { sd: 1, expected: 1, null: 0, share: 0.5, alpha: 0.05, power: 0.8 };
  const quantilePlan = { quantile: 0.5, share: 0.5, alpha: 0.05, expectedRatio: 1.1, ratio: 1, logSd: 0.6 };
  const bad: [() => unknown, RegExp][] = [
    [() => eventsForSupport({ ...PLAN, share: 0 }), /share is 0/],
    [() => eventsForSupport({ ...PLAN, power: 0.04 }), /power is 0\.04/],
    [() => eventsForSupport({ ...PLAN, marginRatio: 0 }), /marginRatio is 0/],
    [() => eventsForSupport({ ...PLAN, expectedRatio: Number.NaN }), /expectedRatio is NaN/],
    [() => eventsAtLeast({ ...PLAN, alpha: 1 }), /alpha is 1/],
    [() => valuesForMean({ ...meanPlan, sd: 0 }), /sd is 0/],
    [() => valuesForMean({ ...meanPlan, expected: 0 }), /the arms are equal/],
    [() => valuesForMean({ ...meanPlan, expected: 1e-9 }), /expected is 1e-9: it is too near to the null/],
    [() => valuesForMean({ ...meanPlan, expected: Number.NaN }), /expected is NaN/],
    [() => valuesForMean({ ...meanPlan, null: Number.NaN }), /null is NaN/],
    [() => valuesForQuantile({ ...quantilePlan, quantile: 1 }), /quantile is 1/],
    [() => valuesForQuantile({ ...quantilePlan, share: 1 }), /share is 1/],
    [() => valuesForQuantile({ ...quantilePlan, alpha: 0 }), /alpha is 0/],
    [() => valuesForQuantile({ ...quantilePlan, logSd: 0 }), /logSd is 0/],
    [() => valuesForQuantile({ ...quantilePlan, ratio: 0 }), /ratio is 0/],
    [() => valuesForQuantile({ ...quantilePlan, expectedRatio: 0 }), /expectedRatio is 0/],
  ];
  for (const [run, message] of bad)
    assert.throws(
      run,
      (error) => error instanceof StatsInputError && message.test(error.message),
      `${message}`,
    );
});
