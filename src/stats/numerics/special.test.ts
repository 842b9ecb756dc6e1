import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  lgamma,
  lnBeta,
  log1mExp,
  log1pMinus,
  logSumExp,
  softplus,
  stirlingRemainder,
  zeta,
} from './special.ts';

const near = (actual: number, expected: number, relative: number) =>
  assert.ok(
    Math.abs(actual - expected) <= relative * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );

test('lgamma agrees with factorials, half-integers and the reflection of small arguments', () => {
  let logFactorial = 0;
  for (let n = 1; n <= 170; n++) {
    near(lgamma(n), logFactorial, 1e-14);
    logFactorial += Math.log(n);
  }
  near(lgamma(0.5), 0.5 * Math.log(Math.PI), 1e-14);
  near(lgamma(1e-10), 23.025850929882733, 1e-13);
  for (const z of [0.1, 0.37, 0.8])
    near(lgamma(z) + lgamma(1 - z), Math.log(Math.PI / Math.sin(Math.PI * z)), 1e-13);
});

test('the remainder of Stirling is continuous where the series takes over, and 1/(12 z) far out', () => {
  near(stirlingRemainder(10 - 1e-9) / stirlingRemainder(10 + 1e-9), 1, 1e-9);
  near(stirlingRemainder(1e8) * 12e8, 1, 1e-12);
});

test('lnBeta is symmetric, follows its recurrence and knows B(a,1) = 1/a', () => {
  const positive = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(positive, positive, (a, b) => {
      near(lnBeta(a, b), lnBeta(b, a), 1e-13);
      near(lnBeta(a + 1, b), lnBeta(a, b) - Math.log1p(b / a), 1e-13);
      near(lnBeta(a, 1), -Math.log(a), 1e-13);
    }),
    { seed: 7 },
  );
});

test('ln(1+x) - x keeps its digits near 0', () => {
  near(log1pMinus(1e-9) / -5e-19, 1, 1e-8);
  near(log1pMinus(-1e-5) / -(1e-10 / 2 + 1e-15 / 3 + 1e-20 / 4), 1, 1e-14);
  assert.equal(log1pMinus(0), 0);
  for (const x of [-0.9, -0.41, -0.39, 0.3, 0.39, 0.41, 5]) near(log1pMinus(x), Math.log1p(x) - x, 1e-15);
});

test('ln(1 - e^x) holds at both ends', () => {
  near(log1mExp(-1e-20), Math.log(1e-20), 1e-15);
  near(log1mExp(-50) / -Math.exp(-50), 1, 1e-15);
  near(log1mExp(-Math.LN2), -Math.LN2, 1e-15);
  assert.equal(log1mExp(0), Number.NEGATIVE_INFINITY);
});

test('logSumExp and softplus neither overflow nor lose small terms', () => {
  near(logSumExp([1000, 1000]), 1000 + Math.LN2, 1e-15);
  near(logSumExp([-1000, -1001]), -1000 + Math.log1p(Math.exp(-1)), 1e-15);
  assert.equal(logSumExp([]), Number.NEGATIVE_INFINITY);
  assert.equal(logSumExp([1e18, 0]), 1e18);
  assert.equal(logSumExp([1, Number.POSITIVE_INFINITY]), Number.POSITIVE_INFINITY);
  assert.equal(softplus(800), 800);
  assert.equal(softplus(-800), 0);
  near(softplus(0), Math.LN2, 1e-15);
  near(softplus(-40) / Math.exp(-40), 1, 1e-15);
});

test("Riemann's zeta at 2, 4 and close to its pole", () => {
  near(zeta(2), Math.PI ** 2 / 6, 1e-12);
  near(zeta(4), Math.PI ** 4 / 90, 1e-12);
  near(zeta(1.4), 3.105547277977, 1e-11);
  near(zeta(1.001), 1000.5772884760116, 1e-11);
});
