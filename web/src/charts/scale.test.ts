import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ceiling, progress, ratioDomain, ratioPosition, ratioTicks, steps } from './scale.ts';

test('an axis ends on a round number that holds its maximum', () => {
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

test('steps begin at zero and never pass the top', () => {
  assert.deepEqual(steps(100, 4), [0, 25, 50, 75, 100]);
  assert.deepEqual(steps(0.5, 5).length, 6);
});

test('the ratio axis always holds 1 and the margin, and cuts the early wide band', () => {
  const wide = { ratio: 1, low: 0.01, high: 90 };
  const narrow = { ratio: 0.95, low: 0.85, high: 1.08 };
  assert.deepEqual(ratioDomain([wide, wide, narrow, narrow], 0.8), [0.7, 1.2]);
  assert.deepEqual(ratioDomain([], 0.8), [0.7, 1.05]);
  assert.deepEqual(ratioDomain([{ ratio: null, low: null, high: null }], 1), [0.7, 1.5]);
  const optional = fc.option(fc.double({ min: 1e-4, max: 1e4, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(fc.record({ ratio: optional, low: optional, high: optional }), { maxLength: 30 }),
      fc.double({ min: 0.2, max: 5, noNaN: true }),
      (points, margin) => {
        const [low, high] = ratioDomain(points, margin);
        return low < Math.min(1, margin) && high > Math.max(1, margin);
      },
    ),
  );
});

test('ticks stand within the axis, are never crowded, and include 1', () => {
  assert.deepEqual(ratioTicks([0.7, 1.2], 6), [0.7, 0.8, 0.9, 1, 1.1, 1.2]);
  assert.deepEqual(ratioTicks([0.1, 10], 5), [0.25, 0.5, 1, 2, 4]);
  assert.deepEqual(ratioTicks([0.4, 1.05], 11), [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  fc.assert(
    fc.property(
      fc.double({ min: 0.03, max: 0.95, noNaN: true }),
      fc.double({ min: 1.05, max: 32, noNaN: true }),
      fc.integer({ min: 1, max: 12 }),
      (low, high, most) => {
        const ticks = ratioTicks([low, high], most);
        return ticks.length <= most && ticks.includes(1) && ticks.every((tick) => tick >= low * 0.99);
      },
    ),
  );
});

test('positions on the logarithmic axis are clamped', () => {
  assert.equal(ratioPosition(0.01, [0.5, 2]), 0);
  assert.equal(ratioPosition(Number.POSITIVE_INFINITY, [0.5, 2]), 1);
  assert.equal(ratioPosition(1, [0.5, 2]), 0.5);
});

test('progress of evidence runs from nothing to reached', () => {
  assert.equal(progress(-3, 0.05), 0);
  assert.equal(progress(Math.log(20), 0.05), 1);
  assert.ok(Math.abs(progress(Math.log(20) / 2, 0.05) - 0.5) < 1e-12);
});
