import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StatsInputError } from '../input.ts';
import { logEvidence, optimalG, radius } from './regression.ts';

const fit = fc
  .integer({ min: 1, max: 20 })
  .chain((k) => fc.integer({ min: k + 30, max: 100_000 }).map((n) => ({ n, k })));

test('the radius is where the evidence reaches the threshold', () => {
  fc.assert(
    fc.property(fit, fc.double({ min: 0.5, max: 500, noNaN: true }), (given, g) => {
      const reach = radius(given, 0.05, g);
      if (Number.isFinite(reach)) {
        assert.ok(Math.abs(logEvidence(reach, given, g) - Math.log(20)) < 1e-8);
        assert.equal(logEvidence(-reach, given, g), logEvidence(reach, given, g));
      }
    }),
    { seed: 7 },
  );
});

test('the best g is no worse than its neighbours', () => {
  fc.assert(
    fc.property(fit, (given) => {
      const g = optimalG(given, 0.05);
      for (const factor of [0.5, 0.9, 1.1, 2]) {
        assert.ok(radius(given, 0.05, g) <= radius(given, 0.05, factor * g) + 1e-9, `${g} ${factor}`);
      }
    }),
    { seed: 7 },
  );
});

test('too few rows reach no bound', () => {
  assert.equal(radius({ n: 2, k: 1 }, 0.001, 1), Number.POSITIVE_INFINITY);
});

test('a fit without degrees of freedom and numbers out of range are refused', () => {
  const bad: [() => number, RegExp][] = [
    [() => radius({ n: 5, k: 5 }, 0.05, 1), /n is 5 and k is 5: a fit needs n above k/],
    [() => radius({ n: 5, k: 0 }, 0.05, 1), /k at least 1/],
    [() => radius({ n: 5.5, k: 1 }, 0.05, 1), /n is 5\.5/],
    [() => radius({ n: 5, k: 1.5 }, 0.05, 1), /k is 1\.5/],
    [() => radius({ n: 5, k: 1 }, 1, 1), /alpha is 1/],
    [() => radius({ n: 5, k: 1 }, 0.05, 0), /g is 0/],
    [() => logEvidence(Number.NaN, { n: 5, k: 1 }, 1), /t is NaN/],
    [() => logEvidence(1, { n: 5, k: 1 }, -1), /g is -1/],
  ];
  for (const [run, message] of bad)
    assert.throws(run, (error) => error instanceof StatsInputError && message.test(error.message));
});
