import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StatsInputError } from '../input.ts';
import { findCrossing, findRoot } from './root.ts';

const counted = (f: (x: number) => number) => {
  const calls = { count: 0 };
  return { calls, f: (x: number) => f(x) + 0 * calls.count++ };
};

test('the root of a monotone function is found, rising or falling, to the tolerance', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -50, max: 50, noNaN: true }),
      fc.constantFrom(1, -1),
      fc.constantFrom(1, 3, 7),
      fc.double({ min: 0.01, max: 10, noNaN: true }),
      (root, sign, power, slope) => {
        const f = (x: number) => sign * slope * (x - root) ** power;
        assert.ok(Math.abs(findRoot(f, -60, 55, 1e-9) - root) <= 1e-9);
      },
    ),
    { seed: 7 },
  );
});

test('a smooth function takes about ten evaluations, a step as many as bisection', () => {
  const smooth = counted((x) => Math.exp(x) - 3);
  assert.ok(Math.abs(findRoot(smooth.f, -10, 10) - Math.log(3)) < 1e-12);
  assert.ok(smooth.calls.count <= 16, `${smooth.calls.count}`);
  const step = counted((x) => (x < 1 / 3 ? -1 : 1));
  assert.ok(Math.abs(findRoot(step.f, 0, 1, 1e-9) - 1 / 3) <= 1e-9);
  assert.ok(step.calls.count <= 64, `${step.calls.count}`);
});

test('an end that is a root is given back, infinite ends are bisected', () => {
  assert.equal(
    findRoot((x) => x, 0, 5),
    0,
  );
  assert.equal(
    findRoot((x) => x - 5, 0, 5),
    5,
  );
  assert.ok(Math.abs(findRoot((x) => Math.log(x), 0, 3) - 1) < 1e-11);
});

test('without a change of sign there is an error', () => {
  assert.throws(() => findRoot((x) => x * x + 1, -1, 1), StatsInputError);
  assert.throws(() => findRoot((x) => x * x + 1, -1, 1), /no change of sign/);
});

test('a crossing is looked for in doubling steps up to the limit', () => {
  const f = (x: number) => Math.abs(x) - 7;
  const look = (step: number, limit: number) => findCrossing(f, { from: 0, step, limit });
  assert.ok(Math.abs((look(0.1, 100) as number) - 7) < 1e-11);
  assert.ok(Math.abs((look(-0.1, -100) as number) + 7) < 1e-11);
  assert.equal(look(1, 6.9), null);
  assert.equal(look(-1, -6.9), null);
  assert.ok(Math.abs((look(50, 7.5) as number) - 7) < 1e-11, 'the limit itself is tried');
});
