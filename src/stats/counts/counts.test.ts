import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type StageCounts, StatsInputError } from '../input.ts';
import { logSumExp } from '../numerics/special.ts';
import { logEvidence, ROBUST_SCALES, ratioBounds } from './counts.ts';

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

test('without control errors, the published 10 treatment errors (50/50), 4 (10 %) or 3 (2 %) reach the threshold', () => {
  const needed = (part: number, scales: readonly number[]) => {
    let treatment = 0;
    while (logEvidence([{ control: 0, treatment, share: part }], { ...UP, scales }) < L) treatment++;
    return treatment;
  };
  const shares = [0.5, 0.1, 0.02];
  assert.deepEqual(
    shares.map((part) => needed(part, [0.2, 1])),
    [10, 4, 3],
  );
  assert.deepEqual(
    shares.map((part) => needed(part, ROBUST_SCALES)),
    [9, 3, 3],
  );
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
    { numRuns: 60, seed: 7 },
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
    { numRuns: 60, seed: 7 },
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
    { numRuns: 60, seed: 7 },
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
    [{ control: 0, treatment: 1, share: 1 }, /share is 1: it must lie from 1e-9 to/],
  ];
  for (const [stage, message] of bad) {
    assert.throws(
      () => logEvidence([stage], UP),
      (error) => error instanceof StatsInputError && message.test(error.message),
    );
  }
  assert.throws(() => logEvidence([], { ...UP, scales: [] }), /scales is empty/);
  assert.throws(() => logEvidence([], { ...UP, scales: [1, Number.NaN] }), /scales\[1\] is NaN/);
  assert.throws(() => logEvidence([], { ...UP, nullLogRatio: Number.NaN }), /nullLogRatio is NaN/);
  assert.throws(() => ratioBounds([], { alpha: 0, scales: both([1]) }), /alpha is 0/);
  assert.throws(
    () => ratioBounds([{ control: -1, treatment: 0, share: 0.5 }], { alpha: 0.05, scales: both([1]) }),
    /control is -1/,
  );
});

test('nothing seen is no evidence and no estimate', () => {
  assert.equal(logEvidence([], UP), 0);
  assert.equal(logEvidence([{ control: 0, treatment: 0, share: 0.5 }], UP), 0);
  assert.deepEqual(
    ratioBounds([{ control: 0, treatment: 0, share: 0.5 }], { alpha: 0.05, scales: both([1]) }),
    {
      ratio: null,
      low: null,
      high: null,
    },
  );
  const bounds = (control: number, treatment: number) =>
    ratioBounds([{ control, treatment, share: 0.5 }], { alpha: 0.05, scales: both([1]) });
  assert.deepEqual({ ...bounds(0, 30), low: 0 }, { ratio: Number.POSITIVE_INFINITY, low: 0, high: null });
  assert.deepEqual({ ...bounds(30, 0), high: 0 }, { ratio: 0, low: null, high: 0 });
  assert.ok((bounds(0, 30).low as number) > 1 && (bounds(30, 0).high as number) < 1);
});

/** The integral itself, on a grid fine enough for any number of events. */
function integral({ control, treatment, share }: StageCounts, scale: number): number {
  const top = Math.min(6 * scale, 12);
  const likelihood = (u: number) => treatment * u - (control + treatment) * Math.log1p(share * Math.expm1(u));
  const cells = 60_000;
  const terms = new Float64Array(cells);
  let mass = 0;
  for (let i = 0; i < cells; i++) {
    // Squares of an even grid: most points near the null, where the likelihood of many events is.
    const t = (i + 0.5) / cells;
    const weight = Math.exp(-0.5 * ((t * t * top) / scale) ** 2) * t;
    mass += weight;
    terms[i] = Math.log(weight) + likelihood(t * t * top);
  }
  return logSumExp(terms) - Math.log(mass);
}

test('the nodes agree with the integral over the half-normal prior, from ten events to ten billion', () => {
  for (const n of [10, 1e3, 1e5, 1e7, 1e10]) {
    for (const [z, scale, part] of [
      [0, 0.22, 0.5],
      [3.5, 0.22, 0.5],
      [4, 1, 0.1],
      [-2, 0.05, 0.3],
    ] as const) {
      const treatment = Math.min(n, Math.round(n * part + z * Math.sqrt(n * part * (1 - part))));
      const stage = { control: n - treatment, treatment, share: part };
      const logE = logEvidence([stage], { direction: 'up', nullLogRatio: 0, scales: [scale] });
      const expected = integral(stage, scale);
      assert.ok(Math.abs(logE - expected) < 1e-5, `${n} ${z} ${scale}: ${logE} is not ${expected}`);
    }
  }
});

test('far from the null, too, evidence is the integral and not what the nodes happen to hit', () => {
  const up = (stage: StageCounts, scale: number) =>
    logEvidence([stage], { direction: 'up', nullLogRatio: 0, scales: [scale] });
  const near = (actual: number, expected: number) =>
    assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);
  const published = { control: 3_000, treatment: 9_000, share: 0.5 };
  assert.ok(Math.abs(logEvidence([published], { ...UP, scales: [0.3, 1.2] }) - 1565.291) < 5e-4);
  for (const [control, treatment, share, scale] of [
    [3_000, 9_000, 0.5, 1.2],
    [0, 60, 0.5, 1.2],
    [0, 70, 0.02, 1.2],
    [900, 400, 0.1, 0.05],
    [40_000, 44_000, 0.5, 0.22],
    [100, 260, 0.5, 0.3],
  ] as const) {
    const stage = { control, treatment, share };
    near(up(stage, scale), integral(stage, scale));
  }
  // Two scales and two stages: the mean of both, the sum of both.
  const parts = [
    { control: 1_000, treatment: 3_000, share: 0.5 },
    { control: 2_000, treatment: 6_000, share: 0.5 },
  ];
  near(logEvidence(parts, { ...UP, scales: [0.3] }), up(published, 0.3));
  const mixed = logSumExp([up(published, 0.3), up(published, 1.2)]) - Math.LN2;
  near(logEvidence([published], { ...UP, scales: [0.3, 1.2] }), mixed);
});

test('where the nodes give way to the integral, neither evidence nor bounds jump', () => {
  const at = (treatment: number) =>
    logEvidence([{ control: 1_000, treatment, share: 0.5 }], { ...UP, scales: [0.22] });
  const steps = Array.from({ length: 60 }, (_, i) => at(1_321 + i) - at(1_320 + i));
  assert.ok(at(1_320) < 25 && at(1_380) > 25);
  for (const [i, step] of steps.entries()) {
    const before = steps[i - 1] ?? step;
    assert.ok(Math.abs(step - before) < 1e-3, `${before} ${step}`);
  }
});

test('several scales are an equal mixture', () => {
  const stage = [{ control: 30, treatment: 60, share: 0.5 }];
  const at = (...scales: number[]) =>
    Math.exp(logEvidence(stage, { direction: 'up', nullLogRatio: 0, scales }));
  assert.ok(Math.abs(at(0.2, 1) / ((at(0.2) + at(1)) / 2) - 1) < 1e-6);
  assert.ok(Math.abs(at(0.2, 0.2) / at(0.2) - 1) < 1e-9);
});

test('the width of the sequence goes on shrinking with the number of events, up to 10^12 of them', () => {
  const width = (n: number) => {
    const { low, high } = ratioBounds([{ control: n / 2, treatment: n / 2, share: 0.5 }], {
      alpha: 0.05,
      scales: both(ROBUST_SCALES),
    });
    return Math.log((high as number) / (low as number)) * Math.sqrt(n);
  };
  const widths = [1e4, 1e6, 1e8, 1e10, 1e12].map(width);
  assert.ok(Math.max(...widths) < 2 * Math.min(...widths), `${widths}`);
});

test('unequal stages have the ratio that explains all of them best', () => {
  const exact = [
    { control: 900, treatment: 200, share: 0.1 },
    { control: 500, treatment: 1_000, share: 0.5 },
  ];
  const { ratio, low, high } = ratioBounds(exact, { alpha: 0.05, scales: both([0.5]) });
  assert.ok(Math.abs((ratio as number) - 2) < 1e-9);
  assert.ok((low as number) > 1.5 && (high as number) < 2.6);
  // A smaller alpha is a wider sequence.
  const wider = ratioBounds(exact, { alpha: 0.001, scales: both([0.5]) });
  assert.ok((wider.low as number) < (low as number) && (wider.high as number) > (high as number));
});
