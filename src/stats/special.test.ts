import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatsInputError } from './input.ts';
import { bisect, gaussLegendre, lgamma, logSumExp, softplus, stirlingRemainder } from './special.ts';

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

test('Gauss-Legendre integrates polynomials exactly', () => {
  const { nodes, weights } = gaussLegendre(48);
  for (const power of [0, 2, 10, 60, 94]) {
    const integral = nodes.reduce((sum, node, i) => sum + (weights[i] as number) * node ** power, 0);
    near(integral, 2 / (power + 1), 1e-13);
  }
  assert.ok([...nodes].every((node, i) => i === 0 || node > (nodes[i - 1] as number)));
});

test('logSumExp and softplus neither overflow nor lose small terms', () => {
  near(logSumExp([1000, 1000]), 1000 + Math.LN2, 1e-15);
  near(logSumExp([-1000, -1001]), -1000 + Math.log1p(Math.exp(-1)), 1e-15);
  assert.equal(logSumExp([]), Number.NEGATIVE_INFINITY);
  assert.equal(softplus(800), 800);
  assert.equal(softplus(-800), 0);
  near(softplus(0), Math.LN2, 1e-15);
});

test('bisect finds a root of a rising and of a falling function and refuses one without', () => {
  near(
    bisect((x) => x * x - 2, 0, 2),
    Math.SQRT2,
    1e-11,
  );
  near(
    bisect((x) => 2 - x * x, 0, 2),
    Math.SQRT2,
    1e-11,
  );
  assert.throws(() => bisect((x) => x * x + 1, -1, 1), StatsInputError);
});
