import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { betaMixture } from '../boundaries/mixture.ts';
import { betaConcentration } from '../counts/proportion.ts';
import { StatsInputError } from '../input.ts';
import { seeded } from '../numerics/random.ts';
import { histogramOf, mergeHistograms } from './histogram.ts';
import {
  comparisonOf,
  logEvidence,
  logEvidenceOfDifference,
  plannedPerArm,
  ratioBounds,
} from './quantile.ts';

const random = seeded(3);
const normal = () => Array.from({ length: 12 }, () => random.next()).reduce((sum, u) => sum + u, -6);
const latencies = (median: number, n: number) =>
  Array.from({ length: n }, () => median * Math.exp(0.6 * normal()));
const CONTROL = latencies(200, 1_500);
const SLOWER = latencies(240, 1_500);
const SAMPLES = comparisonOf([{ control: CONTROL, treatment: SLOWER }]);
const HISTOGRAMS = comparisonOf([{ control: histogramOf(CONTROL), treatment: histogramOf(SLOWER) }]);
const near = (actual: number, expected: number, tolerance = 1e-9) =>
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );

const few = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 12 });

/** The definition, by brute force over every x that could be the quantile. */
function slowly(control: readonly number[], treatment: readonly number[], p: number, ratio: number): number {
  const k = betaConcentration(plannedPerArm(p));
  const low = betaMixture(p, [k * p, k * (1 - p)], 1);
  const high = betaMixture(1 - p, [k * (1 - p), k * p], 1);
  const at = (x: number) => {
    const c1 = treatment.filter((value) => value <= ratio * x).length;
    const c0 = control.filter((value) => value < x).length;
    return low(c1, treatment.length - c1) + high(control.length - c0, c0);
  };
  const places = [...control, ...treatment.map((value) => value / ratio), 0, 1e9];
  return Math.min(...places.map((x) => at(x + 1e-9)), ...places.map(at));
}

test('the evidence is the minimum over every x, also where values are tied', () => {
  fc.assert(
    fc.property(
      few,
      few,
      fc.constantFrom(0.5, 0.9),
      fc.constantFrom(0.5, 1, 2),
      (control, treatment, quantile, ratio) => {
        const logE = logEvidence(comparisonOf([{ control, treatment }]), {
          quantile,
          ratio,
          direction: 'up',
        });
        near(logE, slowly(control, treatment, quantile, ratio));
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});

test('exchanging the arms turns the direction and the ratio round', () => {
  const swapped = comparisonOf([{ control: SLOWER, treatment: CONTROL }]);
  for (const [quantile, ratio] of [
    [0.5, 1],
    [0.95, 1.1],
    [0.99, 0.9],
  ] as const) {
    near(
      logEvidence(SAMPLES, { quantile, ratio, direction: 'up' }),
      logEvidence(swapped, { quantile, ratio: 1 / ratio, direction: 'down' }),
    );
  }
});

test('a histogram gives less evidence than the sample, by no more than one bucket of margin', () => {
  for (const quantile of [0.5, 0.95, 0.99]) {
    for (const direction of ['up', 'down'] as const) {
      const of = (data: typeof SAMPLES, ratio: number) => logEvidence(data, { quantile, ratio, direction });
      const shift = direction === 'up' ? 1.01 ** 2 : 1.01 ** -2;
      assert.ok(of(HISTOGRAMS, 1) <= of(SAMPLES, 1) + 1e-9);
      assert.ok(of(HISTOGRAMS, 1) >= of(SAMPLES, shift) - 1e-9);
    }
  }
});

test('evidence falls as the ratio asked for grows; slower by a fifth is seen, nothing is not', () => {
  const at = (ratio: number) => logEvidence(HISTOGRAMS, { quantile: 0.5, ratio, direction: 'up' });
  const rising = [1.3, 1.2, 1.1, 1.05, 1, 0.95, 0.9].map(at);
  assert.ok(rising.every((logE, i) => i === 0 || logE >= (rising[i - 1] as number)));
  assert.ok(at(1) > Math.log(20) && at(1.25) < 0);
  const same = comparisonOf([{ control: histogramOf(CONTROL), treatment: histogramOf(CONTROL) }]);
  assert.ok(logEvidence(same, { quantile: 0.5, ratio: 1, direction: 'up' }) < 0);
});

test('the bounds are the last ratios that are rejected', () => {
  for (const [data, step] of [
    [HISTOGRAMS, 1.01],
    [SAMPLES, 1.001],
  ] as const) {
    const { ratio, low, high } = ratioBounds(data, { quantile: 0.5, alpha: 0.05 });
    const at = (direction: 'up' | 'down', bound: number) =>
      logEvidence(data, { quantile: 0.5, ratio: bound, direction });
    assert.ok(low !== null && high !== null && ratio !== null && low < ratio && ratio < high);
    assert.ok(Math.abs(ratio - 1.2) < 0.06, `${ratio}`);
    assert.ok(at('up', low) >= Math.log(20) && at('up', low * step * 1.0000001) < Math.log(20));
    assert.ok(at('down', high) >= Math.log(20) && at('down', high / step / 1.0000001) < Math.log(20));
  }
});

test('stages that contradict each other leave no bounds; a bound far beyond the estimate is found', () => {
  const buckets = (index: number) => ({ growth: 1.01, zeros: 0, buckets: [index], counts: [20_000] });
  const stage = (control: number, treatment: number) => ({
    control: buckets(control),
    treatment: buckets(treatment),
  });
  const against = ratioBounds(comparisonOf([stage(100, 120), stage(120, 100)]), {
    quantile: 0.5,
    alpha: 0.05,
  });
  assert.deepEqual([against.low, against.high], [null, null]);
  const { low, high } = ratioBounds(comparisonOf([stage(100, 120)]), { quantile: 0.5, alpha: 0.05 });
  assert.ok(
    Math.abs((low as number) / 1.01 ** 19 - 1) < 1e-9 && Math.abs((high as number) / 1.01 ** 21 - 1) < 1e-9,
    `${low} ${high}`,
  );
});

test('too little data leaves the bounds open, none leaves no ratio either', () => {
  const few = comparisonOf([{ control: [1, 2, 3], treatment: [2, 3, 4] }]);
  assert.deepEqual(ratioBounds(few, { quantile: 0.5, alpha: 0.05 }), { ratio: 1.5, low: null, high: null });
  for (const none of [
    [],
    comparisonOf([{ control: [], treatment: [] }]),
    comparisonOf([{ control: [], treatment: [1] }]),
    comparisonOf([{ control: [1], treatment: [] }]),
  ]) {
    assert.deepEqual(ratioBounds(none, { quantile: 0.5, alpha: 0.05 }), {
      ratio: null,
      low: null,
      high: null,
    });
    assert.equal(logEvidence(none, { quantile: 0.5, ratio: 1, direction: 'up' }), 0);
  }
  assert.equal(logEvidenceOfDifference({ control: [], treatment: [1] }, { quantile: 0.5 }), 0);
  assert.equal(
    ratioBounds(comparisonOf([{ control: [0], treatment: [1] }]), { quantile: 0.5, alpha: 0.05 }).ratio,
    null,
  );
});

test('stages add up, and parts of one stage merge to the same evidence', () => {
  const stage = { control: histogramOf(CONTROL), treatment: histogramOf(SLOWER) };
  const question = { quantile: 0.95, ratio: 1, direction: 'up' } as const;
  const once = logEvidence(comparisonOf([stage]), question);
  near(logEvidence(comparisonOf([stage, stage]), question), 2 * once);
  const parts = [CONTROL.slice(700), CONTROL.slice(0, 700)].map((part) => histogramOf(part));
  const merged = parts.reduce(mergeHistograms);
  near(logEvidence(comparisonOf([{ control: merged, treatment: stage.treatment }]), question), once);
});

test('zeros lie below every bucket and take part in the order', () => {
  const zeros = (n: number) => histogramOf([...Array(n).fill(0), ...latencies(10, 300)]);
  const more = comparisonOf([{ control: zeros(5), treatment: zeros(400) }]);
  assert.ok(logEvidence(more, { quantile: 0.5, ratio: 1, direction: 'down' }) > 10);
  assert.ok(logEvidence(more, { quantile: 0.5, ratio: 1, direction: 'up' }) < 0);
});

test('rarer tails plan for more values', () => {
  assert.deepEqual([0.5, 0.05, 0.95, 0.99].map(plannedPerArm), [1_000, 2_943, 2_943, 8_156]);
});

test('a difference is found two-sidedly, whichever arm is slower', () => {
  const arms = { control: CONTROL, treatment: SLOWER };
  const logE = logEvidenceOfDifference(arms, { quantile: 0.5 });
  assert.ok(logE > Math.log(20));
  near(logEvidenceOfDifference({ control: SLOWER, treatment: CONTROL }, { quantile: 0.5 }), logE);
});

test('arms that cannot be compared and questions out of range are refused', () => {
  const ok = comparisonOf([{ control: [1], treatment: [1] }]);
  const bad: [() => unknown, RegExp][] = [
    [
      () => comparisonOf([{ control: histogramOf([1], 1.01), treatment: histogramOf([1], 1.1) }]),
      /stages\[0\]: growth is 1\.01 and 1\.1/,
    ],
    [() => comparisonOf([{ control: [1], treatment: [-1] }]), /stages\[0\]\.treatment\[0\] is -1/],
    [() => comparisonOf([{ control: [Number.NaN], treatment: [1] }]), /stages\[0\]\.control\[0\] is NaN/],
    [() => logEvidence(ok, { quantile: 1, ratio: 1, direction: 'up' }), /quantile is 1/],
    [() => logEvidence(ok, { quantile: 0.5, ratio: 0, direction: 'up' }), /ratio is 0/],
    [() => logEvidence(ok, { quantile: 0.5, ratio: 1, direction: 'up', plannedN: 0 }), /plannedN is 0/],
    [() => ratioBounds(ok, { quantile: 0.5, alpha: 1 }), /alpha is 1/],
    [() => ratioBounds(ok, { quantile: 0, alpha: 0.05 }), /quantile is 0/],
    [() => logEvidenceOfDifference({ control: [1], treatment: [1] }, { quantile: 0 }), /quantile is 0/],
  ];
  for (const [run, message] of bad)
    assert.throws(
      run,
      (error) => error instanceof StatsInputError && message.test(error.message),
      `${message}`,
    );
});
