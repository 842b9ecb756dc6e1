import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { EFFECT_SCALES, effectPosition } from './confidence/effect-scale.ts';
import {
  ceiling,
  differenceDomain,
  differenceTicks,
  progress,
  ratioDomain,
  ratioTicks,
  steps,
} from './scale.ts';

test('an axis ends on a round number at or above its maximum', () => {
  assert.deepEqual(
    [0, Number.NaN, 0.7, 1, 7, 11, 99, 100, 430].map(ceiling),
    [1, 1, 0.8, 1, 8, 15, 100, 100, 500],
  );
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (max) => {
      const top = ceiling(max);
      return top >= max * (1 - 1e-9) && top <= max * 2;
    }),
  );
});

test('steps start at zero and never exceed the top', () => {
  assert.deepEqual(steps(100, 4), [0, 25, 50, 75, 100]);
  assert.deepEqual(steps(0.5, 5).length, 6);
});

test('the ratio axis always contains 1 and the margin, and cuts off the wide early band', () => {
  const wide = { point: 1, low: 0.01, high: 90 };
  const narrow = { point: 0.95, low: 0.85, high: 1.08 };
  assert.deepEqual(ratioDomain([wide, wide, narrow, narrow], 0.8), [0.7, 1.2]);
  assert.deepEqual(ratioDomain([], 0.8), [0.7, 1.05]);
  assert.deepEqual(ratioDomain([{ point: null, low: null, high: null }], 1), [0.7, 1.5]);
  const optional = fc.option(fc.double({ min: 1e-4, max: 1e4, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(fc.record({ point: optional, low: optional, high: optional }), { maxLength: 30 }),
      fc.double({ min: 0.2, max: 5, noNaN: true }),
      (points, margin) => {
        const [low, high] = ratioDomain(points, margin);
        return low < Math.min(1, margin) && high > Math.max(1, margin);
      },
    ),
  );
});

test('ticks stay within the axis and the limit, and include 1', () => {
  assert.deepEqual(ratioTicks([0.7, 1.2], 6), [0.7, 0.8, 0.9, 1, 1.1, 1.2]);
  assert.deepEqual(ratioTicks([0.1, 10], 5), [0.25, 0.5, 1, 2, 4]);
  assert.deepEqual(ratioTicks([0.4, 1.05], 11), [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  fc.assert(
    fc.property(
      fc.double({ min: 0.03, max: 0.95, noNaN: true }),
      fc.double({ min: 1.05, max: 32, noNaN: true }),
      fc.integer({ min: 1, max: 12 }),
      (low, high, maxTicks) => {
        const ticks = ratioTicks([low, high], maxTicks);
        return ticks.length <= maxTicks && ticks.includes(1) && ticks.every((tick) => tick >= low * 0.99);
      },
    ),
  );
});

test('the axis of differences contains 0, the margin and the later band, and its ticks include 0', () => {
  assert.deepEqual(differenceDomain([{ point: 0.2, low: -0.9, high: 1.4 }], -0.5), [-1.2, 2]);
  assert.deepEqual(differenceTicks([-1.2, 2], 4), [-0.8, 0, 0.8, 1.6]);
  const thousandths = fc.integer({ min: -10_000_000, max: 10_000_000 }).map((value) => value / 1000);
  const optional = fc.option(thousandths);
  fc.assert(
    fc.property(
      fc.array(fc.record({ point: optional, low: optional, high: optional }), { maxLength: 30 }),
      thousandths,
      fc.integer({ min: 1, max: 12 }),
      (points, margin, most) => {
        const [low, high] = differenceDomain(points, margin);
        const ticks = differenceTicks([low, high], most);
        const within = ticks.every((tick) => tick >= low - 1e-9 && tick <= high + 1e-9);
        return low < Math.min(0, margin) && high > Math.max(0, margin) && ticks.length <= most && within;
      },
    ),
  );
});

test('positions on either axis are clamped', () => {
  const { ratio, difference } = EFFECT_SCALES;
  assert.equal(effectPosition(ratio, 0.01, [0.5, 2]), 0);
  assert.equal(effectPosition(ratio, Number.POSITIVE_INFINITY, [0.5, 2]), 1);
  assert.equal(effectPosition(ratio, 1, [0.5, 2]), 0.5);
  assert.equal(effectPosition(difference, Number.NEGATIVE_INFINITY, [-1, 3]), 0);
  assert.equal(effectPosition(difference, 0, [-1, 3]), 0.25);
});

test('progress of evidence runs from 0 to 1', () => {
  assert.equal(progress(-3, 0.05), 0);
  assert.equal(progress(Math.log(20), 0.05), 1);
  assert.ok(Math.abs(progress(Math.log(20) / 2, 0.05) - 0.5) < 1e-12);
});
