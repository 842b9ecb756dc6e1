import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  logBetaKernel,
  logBetaRatio,
  logGammaLower,
  logGammaUpper,
  logIncompleteBeta,
} from './incomplete.ts';
import { lgamma, lnBeta } from './special.ts';

const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );
const fraction = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
const parameter = fc.oneof(
  fc.double({ min: 0.05, max: 50, noNaN: true }),
  fc.double({ min: 1, max: 3e4, noNaN: true }),
  fc.double({ min: 1e4, max: 1e9, noNaN: true }),
);
const sumOf = (one: number, other: number) => {
  const greater = Math.max(one, other);
  return greater + Math.log(Math.exp(one - greater) + Math.exp(other - greater));
};

test('the kernel is x^a (1-x)^b / B(a,b)', () => {
  const small = fc.double({ min: 1e-3, max: 1e4, noNaN: true });
  fc.assert(
    fc.property(fraction, small, small, (x, a, b) => {
      near(logBetaKernel(x, a, b), a * Math.log(x) + b * Math.log1p(-x) - lnBeta(a, b), 1e-11);
    }),
    { seed: 7 },
  );
  near(logBetaKernel(0.5, 5e11, 5e11), 0.5 * Math.log(2.5e11 / (2 * Math.PI)), 1e-12);
  assert.ok(Number.isFinite(logBetaKernel(1e-300, 5, 5)));
});

test('the incomplete beta function follows its recurrence for every size of parameters, in the tails too', () => {
  fc.assert(
    fc.property(fraction, parameter, parameter, (x, a, b) => {
      // I_x(a,b) = kernel/a + I_x(a+1,b)
      const step = logBetaKernel(x, a, b) - Math.log(a);
      near(logIncompleteBeta(x, a, b), sumOf(step, logIncompleteBeta(x, a + 1, b)), 2e-9);
    }),
    { seed: 7, numRuns: 1_000 },
  );
});

test('near the mean the recurrence holds to 1e-12, on both sides of the change of method at 10,000', () => {
  for (const [x, a, b] of [
    [0.5, 9_990, 9_999],
    [0.5, 12_000, 12_000],
    [0.5, 13_000, 12_000],
    [0.9, 90_500, 10_010],
    [0.01, 10_500, 1e6],
    [0.5, 1_002_000, 1e6],
    [0.99, 0.99e9, 1.0003e7],
  ] as const) {
    const step = logBetaKernel(x, a, b) - Math.log(a);
    near(logIncompleteBeta(x, a, b), sumOf(step, logIncompleteBeta(x, a + 1, b)), 1e-12);
  }
});

test('both tails sum to one', () => {
  fc.assert(
    fc.property(fraction, parameter, parameter, (x, a, b) => {
      near(Math.exp(logIncompleteBeta(x, a, b)) + Math.exp(logIncompleteBeta(1 - x, b, a)), 1, 1e-9);
    }),
    { seed: 7 },
  );
});

test('closed forms: I_x(a,1) = x^a, I_x(1,b) = 1-(1-x)^b, symmetry at a half', () => {
  for (const x of [1e-9, 0.2, 0.7, 0.999]) {
    near(logIncompleteBeta(x, 7, 1), 7 * Math.log(x), 1e-13);
    near(logIncompleteBeta(x, 1, 3), Math.log(-Math.expm1(3 * Math.log1p(-x))), 1e-13);
  }
  for (const a of [0.1, 3, 9_999, 1e4, 1e8, 5e11]) near(logIncompleteBeta(0.5, a, a), -Math.LN2, 1e-11);
  near(logIncompleteBeta(1e-300, 2, 2), 2 * Math.log(1e-300) + Math.log(3), 1e-12);
});

test('the ratio is the function over its kernel, falls in a and rises in b', () => {
  fc.assert(
    fc.property(fraction, parameter, parameter, (x, a, b) => {
      const ratio = logBetaRatio(x, a, b);
      const kernel = logBetaKernel(x, a, b);
      near(
        ratio,
        logIncompleteBeta(x, a, b) - kernel,
        1e-11 + (1e-15 * Math.abs(kernel)) / Math.max(1, Math.abs(ratio)),
      );
      assert.ok(logBetaRatio(x, a * 1.1, b) <= ratio + 1e-9);
      assert.ok(logBetaRatio(x, a, b * 1.1) >= ratio - 1e-9);
    }),
    { seed: 7 },
  );
});

test('the incomplete gamma functions: exponential, recurrence, both tails', () => {
  for (const x of [1e-9, 0.5, 1.9, 2.1, 40, 700]) {
    near(logGammaUpper(1, x), -x, 1e-13);
    near(logGammaLower(1, x), Math.log(-Math.expm1(-x)), 1e-13);
  }
  const shape = fc.double({ min: 0.01, max: 5e3, noNaN: true });
  fc.assert(
    fc.property(shape, fc.double({ min: 0.01, max: 4, noNaN: true }), (a, factor) => {
      const x = a * factor;
      const step = a * Math.log(x) - x - lgamma(a + 1);
      near(logGammaUpper(a + 1, x), sumOf(logGammaUpper(a, x), step), 1e-10);
      near(Math.exp(logGammaUpper(a, x)) + Math.exp(logGammaLower(a, x)), 1, 1e-11);
    }),
    { seed: 7 },
  );
  assert.equal(logGammaLower(2, 0), Number.NEGATIVE_INFINITY);
  assert.equal(logGammaUpper(2, 0), 0);
});
