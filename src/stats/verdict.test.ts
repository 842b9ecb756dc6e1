import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ROBUST_SCALES, ratioBounds } from './counts/counts.ts';
import { StatsInputError } from './input.ts';
import * as mean from './means/mean.ts';
import { summarise } from './means/moments.ts';
import { seeded } from './numerics/random.ts';
import { histogramOf } from './quantiles/histogram.ts';
import { comparisonOf, ratioBounds as quantileBounds } from './quantiles/quantile.ts';
import {
  type ArmMeans,
  type Bounds,
  boundScales,
  burnedIn,
  type ClaimEvidence,
  latchGuardrail,
  latchHypothesis,
  narrowed,
  type Reached,
  supportScales,
  weighCounts,
  weighMeans,
  weighQuantiles,
} from './verdict.ts';

const CLAIMS = ['logESupported', 'logERefuted', 'logEHarm'] as const;
const evidence = (logESupported: number, logERefuted: number, logEHarm: number): ClaimEvidence => ({
  logESupported,
  logERefuted,
  logEHarm,
});

test('a hypothesis is refuted or supported at ln(1/alpha), and stays as it was at that look', () => {
  assert.equal(latchHypothesis(undefined, evidence(2.99, 2.99, 9), 0.05, 1), undefined);
  const supported = latchHypothesis(undefined, evidence(3, 0, 0), 0.05, 7);
  assert.deepEqual(supported, { state: 'supported', logE: 3, snapshot: 7 });
  assert.deepEqual(latchHypothesis(undefined, evidence(0, 4, 0), 0.05, 8), {
    state: 'refuted',
    logE: 4,
    snapshot: 8,
  });
  assert.equal(latchHypothesis(supported, evidence(0, 9, 9), 0.05, 9), supported);
  assert.equal(latchHypothesis(undefined, evidence(9, 9, 0), 0.05, 1)?.state, 'refuted', 'safety first');
});

test('a guardrail is harmed at ln(1/alpha), and stays as it was at that look', () => {
  assert.equal(latchGuardrail(undefined, evidence(9, 9, 2.99), 0.05, 1), undefined);
  const harmed = latchGuardrail(undefined, evidence(0, 0, 3), 0.05, 7);
  assert.deepEqual(harmed, { state: 'harmed', logE: 3, snapshot: 7 });
  assert.equal(latchGuardrail(harmed, evidence(0, 0, -5), 0.05, 9), harmed);
});

test('less is better is the mirror image of more is better, for counts, means and quantiles', () => {
  const near = (up: ClaimEvidence, down: ClaimEvidence) => {
    for (const claim of CLAIMS)
      assert.ok(Math.abs(up[claim] - down[claim]) < 1e-9, `${claim}: ${up[claim]} ${down[claim]}`);
  };
  const up = weighCounts([{ control: 60, treatment: 90, share: 0.5 }], { direction: 'up', marginRatio: 0.8 });
  near(
    up,
    weighCounts([{ control: 90, treatment: 60, share: 0.5 }], { direction: 'down', marginRatio: 1.25 }),
  );
  assert.ok(up.logESupported > 0 && up.logERefuted < 0 && up.logEHarm < 0);
  const arm = (value: number): ArmMeans => ({ n: 500, mean: value, variance: 1 });
  const question = { scale: 'difference', margin: 0.1, alpha: 0.05, plannedN: 1_000 } as const;
  near(
    weighMeans([{ control: arm(5), treatment: arm(5.2) }], { ...question, direction: 'up' }),
    weighMeans([{ control: arm(5), treatment: arm(4.8) }], { ...question, direction: 'down' }),
  );
  const random = seeded(5);
  const values = (scale: number) => Array.from({ length: 400 }, () => scale * (1 + random.next()));
  const [one, other] = [values(10), values(11)];
  const tuning = { quantile: 0.5 };
  near(
    weighQuantiles(comparisonOf([{ control: one, treatment: other }]), {
      ...tuning,
      direction: 'up',
      marginRatio: 0.9,
    }),
    weighQuantiles(comparisonOf([{ control: other, treatment: one }]), {
      ...tuning,
      direction: 'down',
      marginRatio: 1 / 0.9,
    }),
  );
});

test('supported, refuted and harmed are the three one-sided questions at the margin and at no effect', () => {
  const stages = [
    { control: { n: 300, mean: 5, variance: 2 }, treatment: { n: 200, mean: 4.7, variance: 3 } },
  ];
  const claim = { direction: 'up', scale: 'difference', margin: 0.2, alpha: 0.05, plannedN: 900 } as const;
  const logE = (direction: 'up' | 'down', at: number) =>
    mean.logEvidence(mean.estimateOf(stages), { alpha: 0.05, plannedN: 900, sides: 1, direction, null: at });
  assert.deepEqual(
    weighMeans(stages, claim),
    evidence(logE('up', -0.2), logE('down', -0.2), logE('down', 0)),
  );
  assert.deepEqual(
    weighMeans(stages, { ...claim, direction: 'down' }),
    evidence(logE('down', 0.2), logE('up', 0.2), logE('up', 0)),
  );
});

test('a margin of a worse ratio than control is refused', () => {
  assert.throws(() => weighCounts([], { direction: 'up', marginRatio: 1.2 }), /marginRatio is 1\.2/);
  assert.throws(() => weighCounts([], { direction: 'down', marginRatio: 0.8 }), StatsInputError);
  assert.throws(
    () => weighQuantiles([], { direction: 'up', marginRatio: 1.2, quantile: 0.5 }),
    StatsInputError,
  );
  assert.throws(
    () => weighMeans([], { direction: 'up', scale: 'difference', margin: -1, alpha: 0.05, plannedN: 100 }),
    /margin is -1/,
  );
});

test('the bounds reach the margin when the claim is reached', () => {
  for (const treatment of [300, 340, 345, 350, 360, 400]) {
    const stages = [{ control: 350, treatment, share: 0.5 }];
    for (const claim of [
      { direction: 'up', marginRatio: 0.8 },
      { direction: 'down', marginRatio: 1.25 },
    ] as const) {
      const { logESupported } = weighCounts(stages, claim);
      const { low, high } = ratioBounds(stages, { alpha: 0.05, scales: boundScales(claim) });
      const inside = claim.direction === 'up' ? (low as number) >= 0.8 : (high as number) <= 1.25;
      assert.equal(logESupported >= Math.log(20), inside, `${claim.direction} ${treatment}`);
    }
  }
});

test('the prior for support has the distance of the margin as its scale, within limits', () => {
  assert.deepEqual(supportScales({ direction: 'up', marginRatio: 0.8 }), [-Math.log(0.8)]);
  assert.deepEqual(supportScales({ direction: 'down', marginRatio: 1.001 }), [0.01]);
  assert.deepEqual(supportScales({ direction: 'up', marginRatio: 0.01 }), [2]);
  assert.deepEqual(supportScales({ direction: 'up', marginRatio: 1 }), ROBUST_SCALES);
});

test('a stage is judged when its smaller arm has 100 values, 20 of them not 0 and 20 not 1 where that is told', () => {
  const arm = (n: number, more: Partial<ArmMeans> = {}): ArmMeans => ({
    n,
    mean: 0.5,
    variance: 0.25,
    ...more,
  });
  const table: [ArmMeans, ArmMeans, boolean][] = [
    [arm(100), arm(100), true],
    [arm(99), arm(9_999), false],
    [arm(9_999), arm(99), false],
    [arm(500, { nonZero: 20, nonOne: 480 }), arm(500, { nonZero: 480, nonOne: 20 }), true],
    [arm(500, { nonZero: 19 }), arm(500, { nonZero: 99 }), false],
    [arm(500, { nonOne: 99 }), arm(500, { nonOne: 19 }), false],
  ];
  for (const [control, treatment, expected] of table)
    assert.equal(burnedIn({ control, treatment }), expected);
  for (const [bad, message] of [
    [{ n: 0.5 }, /n is 0\.5/],
    [{ nonZero: -1 }, /nonZero is -1/],
    [{ nonOne: -1 }, /nonOne is -1/],
  ] as const) {
    assert.throws(() => burnedIn({ control: arm(500, bad), treatment: arm(500) }), message);
  }
  const claim = { direction: 'up', scale: 'difference', margin: 0, alpha: 0.05, plannedN: 100 } as const;
  const better = { ...arm(99), mean: 9 };
  assert.deepEqual(weighMeans([{ control: arm(500), treatment: better }], claim), evidence(0, 0, 0));
  assert.ok(weighMeans([{ control: arm(500), treatment: { ...better, n: 100 } }], claim).logESupported > 100);
  const thin = { control: arm(500), treatment: { ...better, n: 99 } };
  const even = { control: arm(500), treatment: arm(500) };
  assert.deepEqual(
    weighMeans([thin, even], claim),
    weighMeans([even], claim),
    'a stage that is too small is left out',
  );
});

test('over looks, bounds only narrow; what contradicts them leaves them', () => {
  const open: Bounds = { low: null, high: null };
  assert.deepEqual(narrowed(open, { low: 0.8, high: 1.2 }), { low: 0.8, high: 1.2 });
  assert.deepEqual(narrowed({ low: 0.8, high: 1.2 }, open), { low: 0.8, high: 1.2 });
  assert.deepEqual(narrowed({ low: 0.8, high: 1.2 }, { low: 0.7, high: 1.1 }), { low: 0.8, high: 1.1 });
  assert.deepEqual(narrowed({ low: 0.8, high: 1.2 }, { low: 0.9, high: 1.3 }), { low: 0.9, high: 1.2 });
  assert.deepEqual(narrowed({ low: 0.8, high: 1.2 }, { low: 1.3, high: 1.5 }), { low: 0.8, high: 1.2 });
});

test('in a run of looks the latched claim never changes and the sequences are nested, for every kind of metric', () => {
  const random = seeded(9);
  const looksOf = (kind: 'counts' | 'mean' | 'quantile', effect: number) => {
    const stage = { control: 0, treatment: 0, share: 0.5 };
    const values: { control: number[]; treatment: number[] } = { control: [], treatment: [] };
    return Array.from({ length: 25 }, () => {
      for (let i = 0; i < 30; i++) {
        stage[random.chance(effect / (1 + effect)) ? 'treatment' : 'control']++;
        values.control.push(100 * (1 + random.next()));
        values.treatment.push(100 * effect * (1 + random.next()));
      }
      const claim = { direction: 'up', marginRatio: 0.9 } as const;
      if (kind === 'counts') {
        return {
          evidence: weighCounts([stage], claim),
          bounds: ratioBounds([stage], { alpha: 0.05, scales: boundScales(claim) }),
        };
      }
      if (kind === 'mean') {
        const arms = [{ control: summarise(values.control), treatment: summarise(values.treatment) }];
        const [low] = mean.confidenceSequence(mean.estimateOf(arms), {
          alpha: 0.05,
          plannedN: 500,
          sides: 1,
          direction: 'up',
        });
        const [, high] = mean.confidenceSequence(mean.estimateOf(arms), {
          alpha: 0.05,
          plannedN: 500,
          sides: 1,
          direction: 'down',
        });
        return {
          evidence: weighMeans(arms, {
            direction: 'up',
            scale: 'difference',
            margin: 15,
            alpha: 0.05,
            plannedN: 500,
          }),
          bounds: { low, high },
        };
      }
      const data = comparisonOf([
        { control: histogramOf(values.control), treatment: histogramOf(values.treatment) },
      ]);
      return {
        evidence: weighQuantiles(data, { ...claim, quantile: 0.5 }),
        bounds: quantileBounds(data, { quantile: 0.5, alpha: 0.05 }),
      };
    });
  };
  fc.assert(
    fc.property(
      fc.constantFrom('counts', 'mean', 'quantile'),
      fc.constantFrom(0.7, 1, 1.3),
      (kind, effect) => {
        let reached: Reached<number> | undefined;
        let bounds: Bounds = { low: null, high: null };
        looksOf(kind, effect).forEach((look, at) => {
          const before = { reached, bounds };
          reached = latchHypothesis(reached, look.evidence, 0.05, at);
          bounds = narrowed(bounds, look.bounds);
          if (before.reached) assert.equal(reached, before.reached);
          assert.ok(
            (bounds.low ?? Number.NEGATIVE_INFINITY) >= (before.bounds.low ?? Number.NEGATIVE_INFINITY),
          );
          assert.ok(
            (bounds.high ?? Number.POSITIVE_INFINITY) <= (before.bounds.high ?? Number.POSITIVE_INFINITY),
          );
          assert.ok(bounds.low === null || bounds.high === null || bounds.low <= bounds.high);
        });
        if (effect !== 1) assert.equal(reached?.state, effect > 1 ? 'supported' : 'refuted');
      },
    ),
    { seed: 7, numRuns: 9 },
  );
});
