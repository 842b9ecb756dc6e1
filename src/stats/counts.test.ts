import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { logEvidence, ROBUST_SCALES, ratioBounds } from './counts.ts';
import { type StageCounts, StatsInputError } from './input.ts';
import { type Random, seeded } from './random.ts';

const UP = { direction: 'up', nullLogRatio: 0, scales: ROBUST_SCALES } as const;
const L = Math.log(20);

const both = (mixture: readonly number[]) => ({ up: mixture, down: mixture });

const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const count = fc.oneof(fc.nat(50), fc.nat(100_000), fc.integer({ min: 0, max: 1e12 }));
const stages = fc.array(fc.record({ control: count, treatment: count, share }), {
  minLength: 1,
  maxLength: 3,
});
const logRatio = fc.double({ min: -3, max: 3, noNaN: true });
const scales = fc.array(fc.double({ min: 0.05, max: 2, noNaN: true }), { minLength: 1, maxLength: 3 });

test('without control errors, 10 treatment errors (50/50), 4 (10 %) or 3 (2 %) reach the threshold', () => {
  const needed = (part: number) => {
    let treatment = 0;
    while (logEvidence([{ control: 0, treatment, share: part }], UP) < L) treatment++;
    return treatment;
  };
  assert.deepEqual([0.5, 0.1, 0.02].map(needed), [10, 4, 3]);
});

test('evidence is a finite number and the bounds are ordered and contain the estimate, for any counts', () => {
  fc.assert(
    fc.property(stages, logRatio, scales, (given, nullLogRatio, mixture) => {
      for (const direction of ['up', 'down'] as const) {
        assert.ok(Number.isFinite(logEvidence(given, { direction, nullLogRatio, scales: mixture })));
      }
      const { ratio, low, high } = ratioBounds(given, { alpha: 0.05, scales: both(mixture) });
      if (ratio === null) assert.deepEqual([low, high], [null, null]);
      else
        assert.ok(
          (low ?? 0) <= ratio && ratio <= (high ?? Number.POSITIVE_INFINITY),
          `${low} ${ratio} ${high}`,
        );
    }),
    { numRuns: 300, seed: 7 },
  );
});

test('swapping the arms turns the direction and the ratio round', () => {
  const close = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * (1 + Math.abs(a));
  fc.assert(
    fc.property(stages, logRatio, scales, (given, nullLogRatio, mixture) => {
      const small = given.map((s) => ({
        ...s,
        control: s.control % 100_000,
        treatment: s.treatment % 100_000,
      }));
      const swapped = small.map((s) => ({ control: s.treatment, treatment: s.control, share: 1 - s.share }));
      const one = logEvidence(small, { direction: 'up', nullLogRatio, scales: mixture });
      const other = logEvidence(swapped, { direction: 'down', nullLogRatio: -nullLogRatio, scales: mixture });
      assert.ok(close(one, other), `${one} ${other}`);
    }),
    { numRuns: 200, seed: 7 },
  );
});

test('one more event in treatment is more evidence upwards, one more in control less', () => {
  fc.assert(
    fc.property(fc.nat(5_000), fc.nat(5_000), share, logRatio, (control, treatment, part, nullLogRatio) => {
      const at = (c: number, t: number) =>
        logEvidence([{ control: c, treatment: t, share: part }], { ...UP, nullLogRatio });
      assert.ok(at(control, treatment + 1) > at(control, treatment) - 1e-9);
      assert.ok(at(control + 1, treatment) < at(control, treatment) + 1e-9);
    }),
    { numRuns: 200, seed: 7 },
  );
});

test('the bounds are where the evidence reaches the threshold', () => {
  const given = [{ control: 480, treatment: 520, share: 0.5 }];
  const { low, high } = ratioBounds(given, { alpha: 0.05, scales: both([0.22]) });
  const at = (direction: 'up' | 'down', ratio: number) =>
    logEvidence(given, { direction, nullLogRatio: Math.log(ratio), scales: [0.22] });
  assert.ok(Math.abs(at('up', low as number) - L) < 1e-6);
  assert.ok(Math.abs(at('down', high as number) - L) < 1e-6);
});

test('stages with the same share add up, stages with different shares must not be pooled', () => {
  const one = logEvidence([{ control: 30, treatment: 50, share: 0.3 }], UP);
  const split = [
    { control: 10, treatment: 35, share: 0.3 },
    { control: 20, treatment: 15, share: 0.3 },
  ];
  assert.ok(Math.abs(logEvidence(split, UP) - one) < 1e-9);
  assert.notEqual(
    logEvidence([{ ...(split[0] as StageCounts), share: 0.6 }, split[1] as StageCounts], UP),
    one,
  );
});

test('input that is not counts and shares is refused, with its name', () => {
  const bad: [StageCounts, RegExp][] = [
    [{ control: -1, treatment: 0, share: 0.5 }, /stages\[0\]\.control is -1/],
    [{ control: 0, treatment: 1.5, share: 0.5 }, /stages\[0\]\.treatment is 1\.5/],
    [{ control: 0, treatment: Number.NaN, share: 0.5 }, /treatment is NaN/],
    [{ control: 0, treatment: 1, share: 1 }, /share is 1: it must lie between 0 and 1/],
  ];
  for (const [stage, message] of bad) {
    assert.throws(
      () => logEvidence([stage], UP),
      (error) => error instanceof StatsInputError && message.test(error.message),
    );
  }
  assert.throws(() => logEvidence([], { ...UP, scales: [] }), StatsInputError);
  assert.throws(() => logEvidence([], { ...UP, scales: [Number.NaN] }), StatsInputError);
  assert.throws(() => logEvidence([], { ...UP, nullLogRatio: Number.NaN }), StatsInputError);
  assert.throws(() => ratioBounds([], { alpha: 0, scales: both([1]) }), StatsInputError);
});

test('nothing seen is no evidence and no estimate', () => {
  assert.ok(Math.abs(logEvidence([], UP)) < 1e-12);
  assert.deepEqual(
    ratioBounds([{ control: 0, treatment: 0, share: 0.5 }], { alpha: 0.05, scales: both([1]) }),
    {
      ratio: null,
      low: null,
      high: null,
    },
  );
  assert.equal(
    ratioBounds([{ control: 0, treatment: 30, share: 0.5 }], { alpha: 0.05, scales: both([1]) }).high,
    null,
  );
  assert.equal(
    ratioBounds([{ control: 30, treatment: 0, share: 0.5 }], { alpha: 0.05, scales: both([1]) }).low,
    null,
  );
});

test('under the null the e-value has mean at most 1, at a fixed time', () => {
  const random = seeded(11);
  for (const part of [0.5, 0.1]) {
    const runs = 4_000;
    const values = Array.from({ length: runs }, () => {
      let treatment = 0;
      for (let i = 0; i < 60; i++) if (random.chance(part)) treatment++;
      return Math.exp(logEvidence([{ control: 60 - treatment, treatment, share: part }], UP));
    });
    const mean = values.reduce((sum, value) => sum + value, 0) / runs;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / runs / runs);
    assert.ok(mean <= 1 + 3 * deviation, `mean ${mean} ± ${deviation}`);
    assert.ok(mean > 0.5, `mean ${mean}: an e-process for the boundary has mean 1`);
  }
});

/** Looks after every event of a stream without an effect, whose share and base rate both change; false alarms of R runs. */
test('a ramp 5 -> 50 -> 95 % over a drifting base rate raises at most the stated false alarms', () => {
  const random = seeded(5);
  const runs = 1_000;
  let alarms = 0;
  for (let run = 0; run < runs; run++) {
    const given = [0.05, 0.5, 0.95].map((part) => ({ control: 0, treatment: 0, share: part }));
    let crossed = false;
    for (const [stage, events] of [120, 240, 120].entries()) {
      const current = given[stage] as StageCounts;
      for (let i = 0; i < events && !crossed; i++) {
        current[random.chance(current.share) ? 'treatment' : 'control']++;
        crossed = logEvidence(given.slice(0, stage + 1), UP) >= L;
      }
    }
    if (crossed) alarms++;
  }
  assert.ok(alarms / runs <= 0.05 + 0.018, `${alarms} of ${runs}`);
  assert.ok(alarms > 0, 'a test that never alarms tells nothing');
});

/** Median number of requests until treatment's error rate is found to be higher, looking after every error. */
function medianToAbort(
  random: Random,
  rates: [number, number],
  part: number,
  mixture: readonly number[],
): number {
  const [control, treatment] = rates;
  const error = (1 - part) * control + part * treatment;
  const requests = Array.from({ length: 1_500 }, () => {
    const stage = { control: 0, treatment: 0, share: part };
    let seen = 0;
    while (logEvidence([stage], { ...UP, scales: mixture }) < L) {
      seen += Math.ceil(Math.log(1 - random.next()) / Math.log1p(-error));
      stage[random.chance((part * treatment) / error) ? 'treatment' : 'control']++;
    }
    return seen;
  }).sort((a, b) => a - b);
  return requests[requests.length >> 1] as number;
}

const MEDIANS: [string, [number, number], number, readonly number[], number][] = [
  ['1 -> 2 %, 50/50, mix(.2,1)', [0.01, 0.02], 0.5, ROBUST_SCALES, 4_300],
  ['1 -> 2 %, 50/50, half-normal .22', [0.01, 0.02], 0.5, [0.22], 5_800],
  ['1 -> 2 %, 50/50, half-normal 1', [0.01, 0.02], 0.5, [1], 3_600],
  ['1 -> 20 %, 50/50, mix(.2,1)', [0.01, 0.2], 0.5, ROBUST_SCALES, 110],
  ['1 -> 20 %, 50/50, half-normal .22', [0.01, 0.2], 0.5, [0.22], 245],
  ['.1 -> 5 %, 10 % share, mix(.2,1)', [0.001, 0.05], 0.1, ROBUST_SCALES, 780],
];

for (const [name, rates, part, mixture, published] of MEDIANS) {
  test(`median requests to abort, ${name}: ${published}`, () => {
    const median = medianToAbort(seeded(3), rates, part, mixture);
    assert.ok(Math.abs(median / published - 1) <= 0.12, `${median}, not ${published} ± 12 %`);
  });
}
