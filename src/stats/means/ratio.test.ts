import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StatsInputError } from '../input.ts';
import { addPair, NO_PAIRS } from './moments.ts';
import { ratioSummary, ratioSummaryOf, type UnitSums } from './ratio.ts';

const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );
const sumsOf = (units: readonly { e: number; n: number }[]): UnitSums =>
  units.reduce<UnitSums>(
    (sums, { e, n }) => ({
      units: sums.units + 1,
      e: sums.e + e,
      n: sums.n + n,
      ee: sums.ee + e * e,
      nn: sums.nn + n * n,
      en: sums.en + e * n,
    }),
    { units: 0, e: 0, n: 0, ee: 0, nn: 0, en: 0 },
  );
const units = fc.array(
  fc.record({
    e: fc.double({ min: 0, max: 100, noNaN: true }),
    n: fc.double({ min: 0.5, max: 50, noNaN: true }),
  }),
  { minLength: 2, maxLength: 50 },
);

test('the ratio of sums, with the variance of the residuals E - RN over the units', () => {
  const given = [
    { e: 1, n: 2 },
    { e: 0, n: 1 },
    { e: 5, n: 7 },
  ];
  const { n, mean, variance } = ratioSummary(sumsOf(given));
  assert.deepEqual([n, mean], [3, 0.6]);
  // Residuals -.2, -.6, .8; mean denominator 10/3.
  near(variance, (0.04 + 0.36 + 0.64) / 3 / (10 / 3) ** 2, 1e-12);
});

test('mergeable sums give the same summary', () => {
  fc.assert(
    fc.property(units, (given) => {
      const plain = ratioSummary(sumsOf(given));
      const merged = ratioSummaryOf(given.map(({ e, n }) => ({ x: n, y: e })).reduce(addPair, NO_PAIRS));
      assert.equal(merged.n, plain.n);
      near(merged.mean, plain.mean, 1e-12);
      near(merged.variance, plain.variance, 1e-8);
    }),
    { seed: 7 },
  );
});

test('with one event per unit it is the plain variance (divisor n)', () => {
  const coin = [1, 0, 0, 1, 1].map((e) => ({ e, n: 1 }));
  near(ratioSummary(sumsOf(coin)).variance, 0.6 * 0.4, 1e-12);
});

test('without units or denominators there is nothing, and one unit has no variance', () => {
  const none = { n: 0, mean: 0, variance: 0 };
  assert.deepEqual(ratioSummary(sumsOf([])), none);
  assert.deepEqual(ratioSummary({ units: 3, e: 0, n: 0, ee: 0, nn: 0, en: 0 }), none);
  assert.deepEqual(ratioSummaryOf(NO_PAIRS), none);
  assert.deepEqual(ratioSummaryOf([{ x: 0, y: 1 }].reduce(addPair, NO_PAIRS)), none);
  assert.deepEqual(ratioSummary(sumsOf([{ e: 2, n: 4 }])), { n: 1, mean: 0.5, variance: 0 });
});

test('sums that no units have are refused', () => {
  const good = sumsOf([
    { e: 1, n: 2 },
    { e: 3, n: 2 },
  ]);
  const bad: [UnitSums, RegExp][] = [
    [{ ...good, units: -1 }, /control\.units is -1/],
    [{ ...good, e: Number.NaN }, /control\.e is NaN/],
    [{ ...good, en: 1e70 }, /control\.en is 1e\+70/],
    [{ ...good, ee: -1 }, /control\.ee is -1/],
    [{ ...good, nn: -1 }, /control\.nn is -1/],
    [{ ...good, nn: 0, en: 0 }, /control: no 2 units have these sums/],
    [{ ...good, e: 5 }, /control: no 2 units/],
    [{ units: 2, e: 1e50, n: 1e-60, ee: 1e100, nn: 1e-100, en: 0 }, /control\.ee is 1e\+100/],
    [{ units: 2, e: 1e29, n: 1e-70, ee: 1e59, nn: 1, en: 0 }, /the denominators are too small/],
    [{ ...good, n: -1 }, /control\.n is -1/],
    [{ ...good, ee: 0, en: 9 }, /control: no 2 units have these sums/],
  ];
  for (const [sums, message] of bad) {
    assert.throws(
      () => ratioSummary(sums, 'control'),
      (error) => error instanceof StatsInputError && message.test(error.message),
    );
  }
  assert.throws(() => ratioSummary({ ...good, units: 0.5 }), /units\.units is 0\.5/);
});
