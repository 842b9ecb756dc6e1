import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StatsInputError } from '../input.ts';
import { betaConcentration, confidenceSequence, logEvidence } from './proportion.ts';

const TUNING = { alpha: 0.05, tOpt: 200 };

test('the sequence contains the estimate, lies in [0, 1] and is where the evidence reaches the threshold', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, share) => {
        const events = Math.round(n * share);
        const [low, high] = confidenceSequence({ events, n }, TUNING);
        assert.ok(0 <= low && low <= events / n && events / n <= high && high <= 1);
        for (const bound of [low, high]) {
          if (bound > 1e-9 && bound < 1 - 1e-9) {
            assert.ok(Math.abs(logEvidence({ events, n }, bound, TUNING.tOpt) - Math.log(20)) < 1e-5);
          }
        }
      },
    ),
    { seed: 7 },
  );
});

test('exchanging the outcomes mirrors the sequence; nothing seen is no knowledge', () => {
  const [low, high] = confidenceSequence({ events: 13, n: 90 }, TUNING);
  const [from, to] = confidenceSequence({ events: 77, n: 90 }, TUNING);
  assert.ok(Math.abs(low - (1 - to)) < 1e-9 && Math.abs(high - (1 - from)) < 1e-9);
  assert.deepEqual(confidenceSequence({ events: 0, n: 0 }, TUNING), [0, 1]);
  assert.deepEqual(confidenceSequence({ events: 0, n: 500 }, TUNING)[0], 0);
  assert.deepEqual(confidenceSequence({ events: 500, n: 500 }, TUNING)[1], 1);
});

test('rates of one in 10^12 have a sequence of their size', () => {
  const [low, high] = confidenceSequence({ events: 10, n: 1e12 }, { alpha: 0.05, tOpt: 1_000 });
  assert.ok(Math.abs(low / 2.42e-13 - 1) < 0.01 && Math.abs(high / 4.78e-11 - 1) < 0.01, `${low} ${high}`);
  const [, none] = confidenceSequence({ events: 0, n: 1e14 }, { alpha: 0.05, tOpt: 1_000 });
  assert.ok(none > 0 && none < 1e-12);
});

test('the concentration has a floor', () => {
  assert.ok(Math.abs(betaConcentration(1_000) - 125.00556) < 1e-4);
  assert.equal(betaConcentration(3), 0.001);
});

test('impossible counts are refused', () => {
  const bad: [() => unknown, RegExp][] = [
    [() => confidenceSequence({ events: 3, n: 2 }, TUNING), /events is 3: it must not exceed n, 2/],
    [() => confidenceSequence({ events: -1, n: 2 }, TUNING), /events is -1/],
    [() => confidenceSequence({ events: 1, n: 2.5 }, TUNING), /n is 2.5/],
    [() => confidenceSequence({ events: 1, n: 2 }, { alpha: 0, tOpt: 100 }), /alpha is 0/],
    [() => confidenceSequence({ events: 1, n: 2 }, { alpha: 0.05, tOpt: 0 }), /plannedN is 0/],
    [() => logEvidence({ events: 1, n: 2 }, 1, 100), /p is 1/],
    [() => logEvidence({ events: 3, n: 2 }, 0.5, 100), /must not exceed/],
  ];
  for (const [run, message] of bad)
    assert.throws(run, (error) => error instanceof StatsInputError && message.test(error.message));
});
