import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findMinimum } from './minimum.ts';

test('the bottom of a valley is found wherever it lies, at an end too', () => {
  fc.assert(
    fc.property(fc.double({ min: -9, max: 9, noNaN: true }), fc.constantFrom(1, 2, 4), (bottom, power) => {
      const found = findMinimum((x) => Math.abs(x - bottom) ** power, -10, 11);
      assert.ok(Math.abs(found - bottom) < (power === 4 ? 1e-3 : 1e-6), `${found} is not ${bottom}`);
    }),
    { seed: 7 },
  );
  assert.ok(Math.abs(findMinimum((x) => x, 2, 3) - 2) < 1e-12);
  assert.ok(Math.abs(findMinimum((x) => -x, 2, 3) - 3) < 1e-12);
});

test('infinite values lie on the right', () => {
  const f = (x: number) => (x > 1 ? Number.POSITIVE_INFINITY : (x - 0.25) ** 2);
  assert.ok(Math.abs(findMinimum(f, -5, 50) - 0.25) < 1e-6);
});
