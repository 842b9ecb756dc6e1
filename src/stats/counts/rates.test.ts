import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StatsInputError } from '../input.ts';
import { seeded } from '../numerics/random.ts';
import { narrowed } from '../verdict.ts';
import { logEvidence as eventEvidence, ROBUST_SCALES } from './counts.ts';
import { eventsWeightOf, evidenceOf, logEvidence, ratioBounds } from './rates.ts';
import type { StageRates } from './stage-rates.ts';

const UP = { direction: 'up', nullLogRatio: 0, scales: ROBUST_SCALES } as const;
const NEEDED = Math.log(20);

const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const arm = fc
  .record({
    units: fc.oneof(fc.nat(50), fc.nat(100_000), fc.integer({ min: 0, max: 1e12 })),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ units, part }) => ({ units, events: Math.round(units * part) }));
const anyStages = fc.array(fc.record({ control: arm, treatment: arm, share }), {
  minLength: 1,
  maxLength: 3,
});
const logRatio = fc.double({ min: -2, max: 2, noNaN: true });
const baseRate = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });

const stage = (
  [e0, n0]: readonly [number, number],
  [e1, n1]: readonly [number, number],
  part = 0.5,
): StageRates => ({
  control: { events: e0, units: n0 },
  treatment: { events: e1, units: n1 },
  share: part,
});

const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

/** Probabilities of every outcome of units that come one by one, each with its own base rate. */
function outcomes(baseRates: readonly number[], { ratio, part }: { ratio: number; part: number }) {
  let known = new Map<string, number>([['0,0,0,0', 1]]);
  for (const p0 of baseRates) {
    const next = new Map<string, number>();
    const chances = [(1 - part) * p0, (1 - part) * (1 - p0), part * p0 * ratio, part * (1 - p0 * ratio)];
    for (const [key, probability] of known) {
      const counts = key.split(',').map(Number);
      chances.forEach((chance, i) => {
        const after = counts.map((count, j) => count + Number(i === j)).join();
        next.set(after, (next.get(after) ?? 0) + probability * chance);
      });
    }
    known = next;
  }
  return [...known].map(([key, probability]) => {
    const [e0, without0, e1, without1] = key.split(',').map(Number) as [number, number, number, number];
    return { probability, stage: stage([e0, e0 + without0], [e1, e1 + without1], part) };
  });
}

test('over all outcomes the e-value has a mean of at most 1, whatever the base rate of each unit', () => {
  const drifts = [
    [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95],
    [0.9, 0.01, 0.9, 0.01, 0.9, 0.01],
    [0.97],
  ];
  for (const drift of drifts) {
    for (const [direction, ratio] of [
      ['up', 1],
      ['up', 0.8],
      ['down', 1],
      ['down', 1.03],
    ] as const) {
      for (const part of [0.5, 0.1]) {
        for (const plan of [{}, { baseRate: 0.5 }, { eventsWeight: 0 }]) {
          const question = { direction, nullLogRatio: Math.log(ratio), scales: [0.3, 1], ...plan };
          const mean = outcomes(drift, { ratio, part }).reduce(
            (sum, each) => sum + each.probability * Math.exp(logEvidence([each.stage], question)),
            0,
          );
          assert.ok(mean <= 1 + 1e-9, `${drift} ${direction} ${ratio}: ${mean}`);
          assert.ok(mean > 0.85, `an e-value that is always small tells nothing: ${mean}`);
        }
      }
    }
  }
});

test('base rates that answer the evidence, to provoke an alarm, provoke no more than alpha', (context) => {
  const random = seeded(5);
  const runs = 200;
  const alarms = { up: 0, down: 0 };
  for (let run = 0; run < runs; run++) {
    const counts = stage([0, 0], [0, 0], 0.4);
    const reached = { up: false, down: false };
    for (let n = 0; n < 1_000; n += 10) {
      const [up, down] = (['up', 'down'] as const).map((direction) =>
        logEvidence([counts], { ...UP, direction }),
      );
      reached.up ||= (up as number) >= NEEDED;
      reached.down ||= (down as number) >= NEEDED;
      // Low rates once the evidence has risen, high ones that swing while it is low: the past decides.
      const p = (up as number) > 0.5 ? 0.02 : 0.5 + 0.45 * Math.sin(n / 100);
      for (let unit = 0; unit < 10; unit++) {
        const into = random.chance(counts.share) ? counts.treatment : counts.control;
        into.units++;
        if (random.chance(p)) into.events++;
      }
    }
    alarms.up += Number(reached.up);
    alarms.down += Number(reached.down);
  }
  context.diagnostic(`${JSON.stringify(alarms)} of ${runs}`);
  // The 99.9 % quantile of Binomial(200, .05).
  assert.ok(Math.max(alarms.up, alarms.down) <= 20, JSON.stringify(alarms));
});

test('evidence is a finite number that falls with the claim, for any units', () => {
  fc.assert(
    fc.property(anyStages, logRatio, baseRate, (given, nullLogRatio, planned) => {
      const ladder = [-50, -1, -0.1, 0, 0.01, 0.5, 50];
      for (const direction of ['up', 'down'] as const) {
        const logEs = ladder.map((step) =>
          logEvidence(given, { ...UP, direction, nullLogRatio: nullLogRatio + step, baseRate: planned }),
        );
        if (direction === 'down') logEs.reverse();
        for (const [i, logE] of logEs.entries()) {
          assert.ok(Number.isFinite(logE), `${logE}`);
          if (i > 0) assert.ok(logE <= (logEs[i - 1] as number) + 1e-6 * Math.max(1, Math.abs(logE)));
        }
      }
    }),
    { numRuns: 40, seed: 7 },
  );
});

test('the average costs no more than its weights, and these are fixed by the plan', () => {
  assert.deepEqual(
    [{}, { baseRate: 0.05 }, { baseRate: 0.9 }, { baseRate: 0.9, eventsWeight: 1 }].map(eventsWeightOf),
    [0.5, 0.475, 0.2, 1],
  );
  const common = stage([300, 1_000], [380, 1_000]);
  const { logE, logEEvents, logERates } = evidenceOf([common], UP);
  near(Math.exp(logE), (Math.exp(logEEvents) + Math.exp(logERates)) / 2, 1e-9 * Math.exp(logE));
  const events = [{ control: 300, treatment: 380, share: 0.5 }];
  assert.equal(logEEvents, eventEvidence(events, UP));
  assert.equal(logEvidence([common], { ...UP, eventsWeight: 1 }), logEEvents);
  assert.equal(logEvidence([common], { ...UP, eventsWeight: 0 }), logERates);
  fc.assert(
    fc.property(anyStages, logRatio, (given, nullLogRatio) => {
      const parts = evidenceOf(given, { ...UP, nullLogRatio });
      assert.ok(parts.logE >= Math.max(parts.logEEvents, parts.logERates) - Math.LN2 - 1e-9);
    }),
    { numRuns: 40, seed: 7 },
  );
});

test('common events are told apart sooner by both rates, rare ones are not lost', () => {
  const parts = (given: StageRates, question: object) => evidenceOf([given], { ...UP, ...question });
  // 90 % against a margin of 0.9, and 98 to 96 %.
  const margin = { nullLogRatio: Math.log(0.9), scales: [0.105] };
  const kept = parts(stage([225, 250], [225, 250]), margin);
  assert.ok(kept.logERates > NEEDED && kept.logEEvents < 1, JSON.stringify(kept));
  const worse = parts(stage([1_470, 1_500], [1_440, 1_500]), { direction: 'down' });
  assert.ok(worse.logERates > NEEDED && worse.logEEvents < 0.5, JSON.stringify(worse));
  const rare = parts(stage([10, 5_000], [40, 5_000]), {});
  assert.ok(rare.logERates > 0.6 * rare.logEEvents, JSON.stringify(rare));
});

test('a planned rate that is right helps, and one that is wrong costs little', () => {
  const given = [stage([600, 1_000], [545, 1_000])];
  const at = (planned?: number) => logEvidence(given, { ...UP, direction: 'down', baseRate: planned });
  assert.ok(at(0.6) > at() + 0.5);
  assert.ok(at(0.5) > at());
  assert.ok(at(0.001) > at() - 2.5);
});

test('swapping the arms turns the direction and the ratio round', () => {
  fc.assert(
    fc.property(anyStages, logRatio, baseRate, (given, nullLogRatio, planned) => {
      const swapped = given.map((s) => ({ control: s.treatment, treatment: s.control, share: 1 - s.share }));
      const question = { ...UP, baseRate: planned };
      const one = logEvidence(given, { ...question, nullLogRatio });
      const other = logEvidence(swapped, { ...question, direction: 'down', nullLogRatio: -nullLogRatio });
      near(one, other, 1e-6 * Math.max(1, Math.abs(one)));
    }),
    { numRuns: 40, seed: 7 },
  );
});

test('stages with the same share add up, stages with different shares are not pooled', () => {
  const [a, b] = [stage([100, 400], [60, 150], 0.3), stage([150, 300], [80, 140], 0.3)];
  const whole = stage([250, 700], [140, 290], 0.3);
  near(logEvidence([a, b], UP), logEvidence([whole], UP), 1e-9);
  near(logEvidence([b, a], UP), logEvidence([whole], UP), 1e-9);
  const ramp = [stage([100, 400], [60, 150], 0.3), stage([80, 140], [150, 300], 0.7)];
  assert.notEqual(logEvidence(ramp, UP), logEvidence([stage([180, 540], [210, 450])], UP));
});

test('records that are missing in one arm are no evidence of the other', () => {
  for (const direction of ['up', 'down'] as const) {
    const rates = (given: StageRates) => evidenceOf([given], { ...UP, direction }).logERates;
    // None of the treated, then two thirds of them missing, at the same rates.
    for (const events of [10, 100, 250, 400, 490]) {
      assert.ok(logEvidence([stage([events, 500], [0, 0])], { ...UP, direction }) <= 0);
      assert.ok(rates(stage([3 * events, 1_500], [events, 500])) < 1);
    }
  }
});

test('the bounds are where the evidence reaches the threshold, and contain the ratio', () => {
  for (const given of [
    [stage([350, 1_000], [371, 1_020])],
    [stage([4_900, 5_000], [4_800, 5_000])],
    [stage([10, 9_000], [4, 1_000], 0.1), stage([30, 5_000], [45, 5_200])],
    [stage([1e9, 2e9], [1.001e9, 2e9])],
  ]) {
    const scales = { up: [0.22], down: ROBUST_SCALES };
    const { ratio, low, high } = ratioBounds(given, { alpha: 0.05, scales, baseRate: 0.3 });
    assert.ok((low as number) < (ratio as number) && (ratio as number) < (high as number));
    const at = (direction: 'up' | 'down', bound: number | null) =>
      logEvidence(given, {
        direction,
        nullLogRatio: Math.log(bound as number),
        scales: scales[direction],
        baseRate: 0.3,
      });
    near(at('up', low), NEEDED, 1e-5);
    near(at('down', high), NEEDED, 1e-5);
  }
});

test('the width of the sequence shrinks with the number of units, up to 10^12 of them', () => {
  const widths = [1e3, 1e6, 1e9, 1e12].map((n) => {
    const given = [stage([0.6 * n, n], [0.6 * n, n])];
    const { low, high } = ratioBounds(given, { alpha: 0.05, scales: { up: [0.3, 1.4], down: [0.3, 1.4] } });
    return Math.log((high as number) / (low as number)) * Math.sqrt(n);
  });
  assert.ok(Math.max(...widths) < 3 * Math.min(...widths), `${widths}`);
});

test('the estimate is a ratio of rates over all stages, and bounds of several looks intersect', () => {
  const scales = { up: ROBUST_SCALES, down: ROBUST_SCALES };
  const of = (...given: StageRates[]) => ratioBounds(given, { alpha: 0.05, scales });
  near(of(stage([30, 300], [60, 400])).ratio as number, 1.5, 1e-12);
  // Rates of .1 and .2, then of .3 and .6: no pooled rate says so, the ratio is 2 in both.
  near(of(stage([90, 900], [20, 100], 0.1), stage([150, 500], [300, 500])).ratio as number, 2, 1e-12);
  const first = of(stage([30, 100], [33, 100]));
  const second = of(stage([300, 1_000], [330, 1_000]));
  const both = narrowed(first, second);
  assert.deepEqual([both.low, both.high], [second.low, second.high]);
  assert.deepEqual(narrowed(second, first), { low: second.low, high: second.high });
});

test('nothing seen is no evidence and no estimate, one empty side is half open', () => {
  const scales = { up: [1], down: [1] };
  const of = (given: StageRates[]) => ratioBounds(given, { alpha: 0.05, scales });
  const unknown = { ratio: null, low: null, high: null };
  assert.equal(logEvidence([], UP), 0);
  assert.equal(logEvidence([stage([0, 0], [0, 0])], UP), 0);
  assert.deepEqual(of([]), unknown);
  assert.deepEqual(of([stage([0, 100], [0, 100])]), unknown);
  assert.deepEqual(of([stage([50, 100], [0, 0])]), unknown);
  const none = of([stage([0, 100], [30, 100])]);
  assert.deepEqual([none.ratio, none.high], [Number.POSITIVE_INFINITY, null]);
  assert.ok((none.low as number) > 1);
  const all = of([stage([30, 100], [0, 100])]);
  assert.deepEqual([all.ratio, all.low], [0, null]);
  assert.ok((all.high as number) < 1);
});

test('arms that do not fit their share give bounds, too, whatever they are worth', () => {
  const { low, high } = ratioBounds([stage([500, 1_000], [5, 10])], {
    alpha: 0.05,
    scales: { up: ROBUST_SCALES, down: ROBUST_SCALES },
  });
  assert.ok(low !== null && high !== null && low > 0);
});

test('input that is not units and events is refused, with its name', () => {
  const refused = (given: StageRates[], question: object, message: RegExp) =>
    assert.throws(
      () => logEvidence(given, { ...UP, ...question }),
      (error) => error instanceof StatsInputError && message.test(error.message),
    );
  refused([stage([3, 2], [0, 0])], {}, /stages\[0\]\.control\.events is 3: it must not exceed units, 2/);
  refused([stage([0, 1], [0.5, 2])], {}, /stages\[0\]\.treatment\.events is 0\.5/);
  refused([stage([0, -1], [0, 0])], {}, /stages\[0\]\.control is -1/);
  refused([stage([0, 1], [0, 1], 1)], {}, /share is 1/);
  refused([], { nullLogRatio: Number.NaN }, /nullLogRatio is NaN/);
  refused([], { baseRate: 1.2 }, /baseRate is 1\.2/);
  refused([], { eventsWeight: -0.1 }, /eventsWeight is -0\.1/);
  refused([], { scales: [] }, /scales is empty/);
  refused([], { scales: [0] }, /scales\[0\] is 0/);
  assert.throws(() => ratioBounds([], { alpha: 1, scales: { up: [1], down: [1] } }), /alpha is 1/);
  assert.throws(
    () => ratioBounds([stage([3, 2], [0, 0])], { alpha: 0.05, scales: { up: [1], down: [1] } }),
    /events is 3/,
  );
});
