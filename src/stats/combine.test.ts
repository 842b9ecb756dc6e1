import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { allSupported, discoveries, logMeanEvidence, weightedAlphas } from './combine.ts';
import { StatsInputError } from './input.ts';

test('support of the whole needs every part', () => {
  const table: [string[], boolean][] = [
    [[], false],
    [['supported'], true],
    [['supported', 'open'], false],
    [['supported', 'supported'], true],
  ];
  for (const [states, expected] of table) assert.equal(allSupported(states), expected);
});

test('the alphas of guardrails sum to alpha, half of it for the critical ones', () => {
  assert.deepEqual(weightedAlphas(0.05, []), []);
  assert.deepEqual(weightedAlphas(0.05, [false]), [0.05]);
  assert.deepEqual(weightedAlphas(0.06, [true, false, false]), [0.03, 0.015, 0.015]);
  assert.deepEqual(weightedAlphas(0.06, [true, true]), [0.03, 0.03]);
  assert.throws(() => weightedAlphas(1, [true]), /alpha is 1/);
});

test('the mean of e-values is their mean, weighted where weights are given', () => {
  const logs = [2, 8, 20].map(Math.log);
  assert.ok(Math.abs(logMeanEvidence(logs) - Math.log(10)) < 1e-12);
  assert.ok(Math.abs(logMeanEvidence(logs, [1, 1, 2]) - Math.log(12.5)) < 1e-12);
  assert.ok(Math.abs(logMeanEvidence([1, 1], [1e308, 1e308]) - 1) < 1e-9);
  assert.equal(logMeanEvidence([Number.NEGATIVE_INFINITY]), Number.NEGATIVE_INFINITY);
  assert.ok(Math.abs(logMeanEvidence([2_000, 0]) - (2_000 - Math.LN2)) < 1e-9, 'without overflow');
});

test('e-BH by hand: three of four fall together where none would alone', () => {
  // Needed of the k greatest at alpha .1 with K = 4: 40, 20, 13.3, 10.
  assert.deepEqual(discoveries([15, 14, 13.5, 1].map(Math.log), 0.1), [true, true, true, false]);
  assert.deepEqual(
    discoveries([1, 13.5, 15, 14].map(Math.log), 0.1),
    [false, true, true, true],
    'in any order',
  );
  assert.deepEqual(discoveries([15, 14, 13, 1].map(Math.log), 0.1), [false, false, false, false]);
  assert.deepEqual(discoveries([1, 41, 1, 1].map(Math.log), 0.1), [false, true, false, false]);
  assert.deepEqual(discoveries([], 0.1), []);
});

test('e-BH rejects more with more evidence or a larger alpha, and never the smaller without the greater', () => {
  const logs = fc.array(fc.double({ min: -5, max: 9, noNaN: true }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(logs, fc.nat(11), (given, which) => {
      const before = discoveries(given, 0.05);
      const index = which % given.length;
      const after = discoveries(
        given.map((logE, i) => (i === index ? logE + 1 : logE)),
        0.05,
      );
      const larger = discoveries(given, 0.1);
      before.forEach((rejected, i) => {
        assert.ok(!rejected || (after[i] && larger[i]));
        given.forEach((logE, j) => {
          assert.ok(!rejected || logE < (given[i] as number) || before[j]);
        });
      });
    }),
    { seed: 7 },
  );
});

test('no evidence, no number and weights that do not fit are refused', () => {
  const bad: [() => unknown, RegExp][] = [
    [() => logMeanEvidence([]), /logE is empty/],
    [() => logMeanEvidence([0, Number.NaN]), /logE\[1\] is NaN/],
    [() => logMeanEvidence([0, 0], [1]), /weights: give 2/],
    [() => logMeanEvidence([0, 0], [1, 0]), /weights\[1\] is 0/],
    [() => discoveries([Number.NaN], 0.05), /logE\[0\] is NaN/],
    [() => discoveries([0], 0), /alpha is 0/],
  ];
  for (const [run, message] of bad)
    assert.throws(run, (error) => error instanceof StatsInputError && message.test(error.message));
});
