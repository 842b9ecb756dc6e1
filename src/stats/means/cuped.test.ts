import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatsInputError } from '../input.ts';
import { seeded } from '../numerics/random.ts';
import { adjust } from './cuped.ts';
import { estimateOf } from './mean.ts';
import { addPair, NO_PAIRS, type PairSummary, pairSummaryOf, summarise } from './moments.ts';

const arm = (values: { x: number; y: number }[]) => pairSummaryOf(values.reduce(addPair, NO_PAIRS));
const near = (actual: number, expected: number, tolerance = 1e-12) =>
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );

test('the adjusted arms are those of y - theta (x - the mean x of both arms)', () => {
  const control = [
    { x: 1, y: 3 },
    { x: 2, y: 4 },
    { x: 6, y: 11 },
  ];
  const treatment = [
    { x: 0, y: 2 },
    { x: 3, y: 9 },
  ];
  const { theta, stages } = adjust([{ control: arm(control), treatment: arm(treatment) }]);
  near(theta, (23 / 2 + 21 / 2) / (7 + 4.5));
  const shifted = (pairs: typeof control) => summarise(pairs.map(({ x, y }) => y - theta * (x - 12 / 5)));
  for (const [name, pairs] of [
    ['control', control],
    ['treatment', treatment],
  ] as const) {
    const found = stages[0]?.[name];
    near(found?.mean as number, shifted(pairs).mean);
    near(found?.variance as number, shifted(pairs).variance);
  }
});

test('a covariate with correlation .7 takes half of the variance and leaves the effect', () => {
  const random = seeded(4);
  const normal = () => Array.from({ length: 12 }, () => random.next()).reduce((sum, u) => sum + u, -6);
  const values = (effect: number) =>
    Array.from({ length: 20_000 }, () => {
      const x = normal();
      return { x, y: effect + 0.7 * x + Math.sqrt(1 - 0.49) * normal() };
    });
  const given = { control: arm(values(0)), treatment: arm(values(0.1)) };
  const adjusted = estimateOf(adjust([given]).stages);
  const plain = estimateOf([
    {
      control: { n: given.control.n, mean: given.control.meanY, variance: given.control.varianceY },
      treatment: { n: given.treatment.n, mean: given.treatment.meanY, variance: given.treatment.varianceY },
    },
  ]);
  assert.ok(Math.abs((adjusted?.variance as number) / (plain?.variance as number) - 0.51) < 0.03);
  assert.ok(Math.abs((adjusted?.difference as number) - 0.1) < 0.03);
});

test('without a covariate that varies, or without data, y stays as it is', () => {
  const flat: PairSummary = { n: 9, meanX: 2, meanY: 5, varianceX: 0, varianceY: 3, covariance: 0 };
  assert.deepEqual(adjust([{ control: flat, treatment: flat }]), {
    theta: 0,
    stages: [{ control: { n: 9, mean: 5, variance: 3 }, treatment: { n: 9, mean: 5, variance: 3 } }],
  });
  const none = pairSummaryOf(NO_PAIRS);
  assert.deepEqual(adjust([{ control: none, treatment: none }]).stages[0]?.control, {
    n: 0,
    mean: 0,
    variance: 0,
  });
  assert.deepEqual(adjust([]), { theta: 0, stages: [] });
});

test('summaries that no data have are refused by name', () => {
  const good: PairSummary = { n: 9, meanX: 2, meanY: 5, varianceX: 1, varianceY: 4, covariance: 2 };
  const bad: [Partial<PairSummary>, RegExp][] = [
    [{ n: -1 }, /stages\[0\]\.treatment\.n is -1/],
    [{ meanX: Number.NaN }, /treatment\.meanX is NaN/],
    [{ meanY: Number.NaN }, /treatment\.meanY is NaN/],
    [{ covariance: Number.POSITIVE_INFINITY }, /treatment\.covariance is Infinity/],
    [{ meanX: 1e101 }, /treatment\.meanX is 1e\+101/],
    [{ varianceX: -1 }, /treatment\.varianceX is -1/],
    [{ varianceY: -1 }, /treatment\.varianceY is -1/],
    [{ covariance: 2.01 }, /treatment\.covariance is 2\.01: the variances allow/],
    [{ covariance: -2.01 }, /treatment\.covariance is -2\.01/],
  ];
  for (const [change, message] of bad) {
    assert.throws(
      () => adjust([{ control: good, treatment: { ...good, ...change } }]),
      (error) => error instanceof StatsInputError && message.test(error.message),
    );
  }
  assert.throws(() => adjust([{ control: { ...good, n: 0.5 }, treatment: good }]), /stages\[0\]\.control\.n/);
  adjust([{ control: good, treatment: good }]);
});
