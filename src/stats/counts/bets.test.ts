import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findMinimum } from '../numerics/minimum.ts';
import { bernoulliDivergence } from '../planning/limits.ts';
import { betsOf } from './bets.ts';

const chance = fc.double({ min: 0.001, max: 0.999, noNaN: true });
const PRIOR = { scales: [0.3, 1.4], baseRate: undefined };

/** The factors of one bet for the four kinds of units. */
function factorsOf(share: number, ratio: number) {
  const { logWeight, factors } = betsOf(PRIOR);
  const { controlEvent, controlNone, treatmentNone, treatmentEvent } = factors(share);
  const events = treatmentEvent(1 / ratio);
  return Array.from(logWeight, (_, i) => {
    const [control1, control0, treatment1, treatment0] = [
      controlEvent,
      controlNone,
      events,
      treatmentNone,
    ].map((logs) => Math.exp(logs[i] as number)) as [number, number, number, number];
    return { control1, control0, treatment1, treatment0 };
  });
}

test('no unit pays more than 1 on average under the null, by no bet, at no base rate', () => {
  fc.assert(
    fc.property(
      chance,
      chance,
      fc.double({ min: 0.05, max: 5, noNaN: true }),
      chance,
      (p0, share, ratio, part) => {
        const p1 = Math.min(1, ratio * p0);
        for (const f of factorsOf(share, ratio)) {
          const mean = (q0: number, q1: number) =>
            (1 - share) * (q0 * f.control1 + (1 - q0) * f.control0) +
            share * (q1 * f.treatment1 + (1 - q1) * f.treatment0);
          assert.ok(Object.values(f).every((factor) => factor > 0));
          assert.ok(mean(p0, p1) <= 1 + 1e-9);
          if (p1 < 1) assert.ok(Math.abs(mean(p0, p1) - 1) < 1e-9, 'on the boundary it is fair');
          assert.ok(mean(p0, p1 * part) < 1, 'inside the null it loses');
        }
      },
    ),
    { numRuns: 30, seed: 7 },
  );
});

test('a bet is the likelihood ratio of two rates against the nearest point of the null', () => {
  const { logWeight } = betsOf(PRIOR);
  for (const [share, ratio] of [
    [0.5, 1],
    [0.5, 0.8],
    [0.1, 1.2],
  ] as const) {
    for (const f of factorsOf(share, ratio)) {
      // From the ratios of one arm: (1 - q)/(1 - p) = none and q/p = event give p and q.
      const p0 = (1 - f.control0) / (f.control1 - f.control0);
      const p1 = (1 - f.treatment0) / (f.treatment1 - f.treatment0);
      const [q0, q1] = [p0 * f.control1, p1 * f.treatment1];
      assert.ok(Math.abs(p1 / (ratio * p0) - 1) < 1e-6, 'the point lies on the boundary');
      // Bets on effects below a millionth are lost in the rounding of the minimum, impossible rates have no divergence.
      if (Math.abs(q0 / p0 - 1) < 1e-4 || q1 >= 1 || p1 >= 1) continue;
      const far = (p: number) =>
        (1 - share) * bernoulliDivergence(q0, p) + share * bernoulliDivergence(q1, ratio * p);
      const nearest = findMinimum(far, 1e-9, Math.min(1, 1 / ratio) - 1e-9);
      assert.ok(Math.abs(nearest - p0) < 1e-5, `${nearest} ${p0}`);
    }
  }
  assert.ok(logWeight.length >= 200);
});

test('weights sum to 1, and a plan moves them to its base rate', () => {
  const total = (logs: Float64Array) => logs.reduce((sum, log) => sum + Math.exp(log), 0);
  for (const baseRate of [undefined, 0, 0.05, 0.5, 1]) {
    assert.ok(Math.abs(total(betsOf({ scales: [0.01], baseRate }).logWeight) - 1) < 1e-12);
  }
  const planned = betsOf({ scales: [0.3], baseRate: 0.5 }).logWeight;
  const anyRate = betsOf({ scales: [0.3], baseRate: undefined }).logWeight;
  const middle = planned.length / 2 + 1;
  assert.ok((planned[middle] as number) > (anyRate[middle] as number) + 0.5);
  assert.ok(Math.abs((planned[0] as number) - (anyRate[0] as number) - Math.log(0.1)) < 0.01);
});
