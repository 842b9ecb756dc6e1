import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logIntegral } from './integral.ts';
import { lgamma } from './special.ts';

const near = (actual: number, expected: number) =>
  assert.ok(
    Math.abs(actual - expected) < 1e-9 * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );

test('a normal density integrates to 1, wide or narrow, in the middle or at an end', () => {
  for (const sd of [1, 1e-3, 1e-7]) {
    const h = (x: number) => -0.5 * ((x - 0.3) / sd) ** 2 - Math.log(sd) - 0.5 * Math.log(2 * Math.PI);
    const span = Math.max(20, sd);
    near(logIntegral(h, { low: -span, peak: 0.3, high: span }), 0);
    near(logIntegral(h, { low: 0.3, peak: 0.3, high: span }), -Math.LN2);
    near(logIntegral(h, { low: -span, peak: 0.3, high: 0.3 }), -Math.LN2);
  }
});

test('a peak at an end with an exponential tail, and a skewed one', () => {
  near(
    logIntegral((x) => -1e6 * x, { low: 0, peak: 0, high: 10 }),
    -Math.log(1e6),
  );
  // The gamma function in the logarithm of its variable: one tail like e^x, the other like e^-e^x.
  for (const shape of [1, 30, 1e5]) {
    const h = (x: number) => shape * x - Math.exp(x);
    near(logIntegral(h, { low: -60, peak: Math.log(shape), high: 30 }), lgamma(shape));
  }
});

test('the height of the peak is no matter', () => {
  near(
    logIntegral((x) => 1e5 - 0.5 * x * x, { low: -9, peak: 0, high: 9 }) - 1e5,
    0.5 * Math.log(2 * Math.PI),
  );
});
