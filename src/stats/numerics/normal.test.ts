import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StatsInputError } from '../input.ts';
import { logNormalCdf, normalQuantile } from './normal.ts';

test('the quantile inverts the distribution function, in the far tail too', () => {
  fc.assert(
    fc.property(fc.double({ min: -650, max: -1e-3, noNaN: true }), (logP) => {
      const p = Math.exp(logP);
      const x = normalQuantile(p);
      assert.ok(Math.abs(logNormalCdf(x) - Math.log(p)) <= 1e-12 * Math.max(1, -logP), `${p}: ${x}`);
    }),
    { seed: 7 },
  );
});

test('known values and symmetry', () => {
  assert.ok(Math.abs(normalQuantile(0.975) - 1.959963984540054) < 1e-14);
  assert.ok(Math.abs(normalQuantile(0.8) - 0.8416212335729143) < 1e-14);
  assert.equal(normalQuantile(0.5), 0);
  assert.equal(normalQuantile(0.25), -normalQuantile(0.75));
  assert.deepEqual(
    [logNormalCdf(Number.NEGATIVE_INFINITY), logNormalCdf(Number.POSITIVE_INFINITY)],
    [Number.NEGATIVE_INFINITY, 0],
  );
  assert.ok(Math.abs(logNormalCdf(0) + Math.LN2) < 1e-15);
  assert.ok(Math.abs(Math.exp(logNormalCdf(1.3)) + Math.exp(logNormalCdf(-1.3)) - 1) < 1e-15);
});

test('a probability outside (0, 1) is refused', () => {
  for (const p of [0, 1, -0.1, Number.NaN]) assert.throws(() => normalQuantile(p), StatsInputError);
});
