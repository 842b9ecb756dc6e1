import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../../lib/problem.ts';
import { CALCULATIONS } from '../commands/stats.ts';

const run = (name: string, input: unknown) =>
  (CALCULATIONS[name] as { run(input: unknown): Record<string, unknown> }).run(input);
const near = (actual: unknown, expected: number, tolerance = 1e-5) =>
  assert.ok(
    typeof actual === 'number' && Math.abs(actual - expected) <= tolerance,
    `${actual} is not ${expected}`,
  );

const SUMMARY = {
  control: { n: 3000, mean: 1396.87 / 3000, variance: (52377.9767 - 1396.87 ** 2 / 3000) / 2999 },
  treatment: { n: 3461, mean: 2422.7 / 3461, variance: (134698.29 - 2422.7 ** 2 / 3461) / 3460 },
};

test('counts: evidence and the sequence of the log ratio', () => {
  const { logE, logRatioConfidenceSequence } = run('counts', {
    stages: [{ control: 30, treatment: 50, share: 0.5 }],
    scales: [0.2, 1],
    nullLogRatio: 0,
    direction: 'up',
    alpha: 0.05,
  });
  near(logE, 1.52022);
  const [low, high] = logRatioConfidenceSequence as [number, number];
  assert.ok(low < Math.log(5 / 3) && Math.log(5 / 3) < high);
});

test('counts: far from the null the evidence is the integral', () => {
  near(run('counts', { stages: [{ control: 3_000, treatment: 9_000, share: 0.5 }] }).logE, 1565.291, 5e-4);
});

test('rates: the average, its parts and weights, the sequence', () => {
  const arms = (events: number) => ({
    control: { events: 450, units: 500 },
    treatment: { events, units: 500 },
    share: 0.5,
  });
  const kept = run('rates', {
    stages: [arms(450)],
    nullLogRatio: Math.log(0.9),
    scales: [0.105],
    baseRate: 0.9,
  });
  assert.equal(kept.eventsWeight, 0.2);
  const parts = 0.2 * Math.exp(kept.logEEvents as number) + 0.8 * Math.exp(kept.logERates as number);
  near(kept.logE, Math.log(parts), 1e-9);
  assert.ok((kept.logE as number) > (kept.needed as number));
  const [low, high] = kept.logRatioConfidenceSequence as [number, number];
  assert.ok(low > Math.log(0.9) && low < 0 && high > 0);
  const better = run('rates', { stages: [arms(470)], alpha: 0.01 });
  assert.deepEqual([better.eventsWeight, better.ratio], [0.5, 470 / 450]);
  assert.deepEqual(run('rates', { stages: [arms(0)] }).ratio, 0);
});

test('verdict: rates are judged with units as well as events', () => {
  const arms = (events: number, units: number) => ({ events, units });
  const stages = [{ control: arms(540, 600), treatment: arms(545, 600), share: 0.5 }];
  const question = { metric: 'rates', stages, direction: 'up', marginRatio: 0.9 };
  const verdict = run('verdict', question);
  assert.equal(verdict.state, 'supported');
  assert.ok((verdict.confidenceSequence as number[])[0]! > 0.9);
  const planned = run('verdict', { ...question, baseRate: 0.9 });
  assert.ok((planned.logESupported as number) > (verdict.logESupported as number));
  const events = [{ control: 540, treatment: 545, share: 0.5 }];
  assert.equal(run('verdict', { stages: events, direction: 'up', marginRatio: 0.9 }).state, 'open');
});

test('mean: the published one-sided bounds and p-value', () => {
  const up = run('mean', { ...SUMMARY, plannedN: 5000, alpha: 0.05, sides: 1, direction: 'up', null: 0 });
  near(up.difference, 0.234376667);
  near((up.confidenceSequence as number[])[0], -0.12656844172804982);
  near(up.p, 0.463047);
  near(up.logE, -Math.log(up.p as number));
  const down = run('mean', { stages: [SUMMARY], sides: 1, direction: 'down' });
  near((down.confidenceSequence as number[])[1], 0.5953217750613832);
});

test('mean: values may replace their summary, and the log ratio the difference', () => {
  const values = { control: { values: [1, 2, 3, 6] }, treatment: { values: [2, 3, 4, 9] } };
  const summary = {
    control: { n: 4, mean: 3, variance: 14 / 3 },
    treatment: { n: 4, mean: 4.5, variance: 29 / 3 },
  };
  assert.deepEqual(run('mean', values), run('mean', summary));
  near(run('mean', { ...values, scale: 'logRatio' }).difference, Math.log(1.5));
});

test('ratio, cuped and regression', () => {
  const units = { units: 100, e: 60, n: 200, ee: 80, nn: 500, en: 140 };
  near(run('ratio', { control: units, treatment: { ...units, e: 90, ee: 120 } }).difference, 0.15);
  const arm = { n: 200, meanX: 1, meanY: 2, varianceX: 1, varianceY: 4, covariance: 1 };
  const adjusted = run('cuped', { control: arm, treatment: { ...arm, meanX: 1.5, meanY: 3 } });
  assert.deepEqual([adjusted.theta, adjusted.difference], [1, 0.5]);
  const fit = run('regression', { estimate: 2.32245, standardError: 0.21566, n: 100, k: 8, plannedN: 100 });
  near((fit.confidenceSequence as number[])[0], 1.6530529);
  near((fit.confidenceSequence as number[])[1], 2.9918408);
});

test('quantile: samples two-sidedly as published, histograms as samples', () => {
  const sequence = (offset: number) => Array.from({ length: 1000 }, (_, i) => i + 1 + offset);
  const published = { control: sequence(0), treatment: sequence(85), quantile: 0.5, plannedN: 100, sides: 2 };
  near(run('quantile', published).p, 0.0838055);
  const histogram = { histogram: { 500: 40, 510: 50 } };
  const { logE, ratio } = run('quantile', {
    control: histogram,
    treatment: { histogram: { 520: 90 } },
    quantile: 0.5,
  });
  assert.ok((logE as number) > 10);
  near(ratio, 1.01 ** 10);
});

test('srm: a prior, carried from stage to stage', () => {
  const shares = [0.4, 0.4, 0.2];
  const stages = [
    { counts: [20, 17, 9], shares },
    { counts: [18, 21, 8], shares },
  ];
  near(run('srm', { stages, prior: [1, 1, 1], carry: true }).logE, -11.947847738358888 + 8.265946861099877);
  assert.notEqual(run('srm', { stages }).logE, run('srm', { stages, k: 100 }).logE);
  assert.equal(run('srm', { stages }).logE, run('srm', { stages, k: [20, 300, 10_000] }).logE);
});

test('verdict: several looks latch, and their bounds are nested', () => {
  const looks = [
    [10, 10],
    [100, 30],
    [100, 130],
  ].map(([control, treatment]) => ({ stages: [{ control, treatment, share: 0.5 }] }));
  const verdict = run('verdict', { looks, direction: 'up', marginRatio: 0.8 });
  assert.equal(verdict.state, 'refuted');
  assert.equal((verdict.reached as { look: number }).look, 1);
  assert.equal(verdict.refuted, false, 'the last look alone says otherwise');
  assert.equal((verdict.harm as { state: string }).state, 'harmed');
  const single = run('verdict', { stages: looks[1]?.stages, direction: 'up', marginRatio: 0.8 });
  assert.equal(single.refuted, true);
  assert.ok((verdict.confidenceSequence as number[])[1]! <= (single.confidenceSequence as number[])[1]!);
});

test('verdict: means wait for their arms, quantiles have a margin', () => {
  const arm = (n: number, mean: number) => ({ n, mean, variance: 1, nonZero: 50, nonOne: 50 });
  const question = { metric: 'mean', direction: 'up' };
  const of = (n: number) =>
    run('verdict', { ...question, stages: [{ control: arm(500, 1), treatment: arm(n, 2) }] });
  assert.deepEqual([of(99).state, of(100).state], ['open', 'supported']);
  assert.deepEqual(of(99).confidenceSequence, [null, null]);
  const coins = (hits: number) => ({ values: Array.from({ length: 2000 }, (_, i) => Number(i < hits)) });
  const rare = run('verdict', { ...question, stages: [{ control: coins(16), treatment: coins(1) }] });
  assert.deepEqual([rare.state, rare.logEHarm], ['open', 0], 'values are counted as 0, 1 or neither');
  const slow = { histogram: { 520: 900 } };
  const fast = { histogram: { 500: 900 } };
  const quantile = { metric: 'quantile', direction: 'down', marginRatio: 1.1, quantile: 0.5 };
  assert.equal(
    run('verdict', { ...quantile, stages: [{ control: fast, treatment: slow }] }).state,
    'refuted',
  );
  assert.equal(
    run('verdict', { ...quantile, stages: [{ control: fast, treatment: fast }] }).state,
    'supported',
  );
});

test('plan: events, units and seconds; unreachable is null', () => {
  const plan = { direction: 'up', marginRatio: 0.8 };
  const { events, medianEvents, units, seconds } = run('plan', {
    ...plan,
    baselineRate: 0.05,
    perSecond: 100,
  });
  assert.ok((medianEvents as number) < (events as number));
  near((units as number) / (events as number), 20, 0.1);
  near(seconds, (units as number) / 100, 0.1);
  const unreachable = run('plan', { ...plan, expectedRatio: 0.7 });
  assert.deepEqual([unreachable.events, unreachable.leastEvents], [null, null]);
  const limits = run('plan', { metric: 'proportion', control: 0.05, treatment: 0.04, perSecond: 10 });
  near((limits.limits as { fixedTwoSided: number }).fixedTwoSided, 13484.4, 0.1);
  near(limits.seconds, 1027.9, 0.1);
  assert.ok((run('plan', { metric: 'mean', sd: 1, expected: 0.1 }).n as number) > 2000);
  assert.ok(
    (run('plan', { metric: 'quantile', quantile: 0.5, logSd: 0.6, expectedRatio: 1.1 }).n as number) > 1500,
  );
});

test('combine, proportion, band and boundary', () => {
  assert.deepEqual(run('combine', { logE: [0, 5] }).rejected, [false, true]);
  near(run('proportion', { events: 15, n: 50, plannedN: 50 }).rate, 0.3);
  assert.equal(run('proportion', { events: 0, n: 0 }).rate, null);
  near(run('band', { n: 1000 }).halfWidth, 0.08204769);
  near(run('boundary', { kind: 'normal', v: 100, vOpt: 100, s: 10 }).logE, -0.6510052);
  near(
    run('boundary', { kind: 'beta-binomial', v: 100, vOpt: 100, sides: 1, g: 0.2, h: 0.8 }).bound,
    28.41238,
  );
  near(run('boundary', { kind: 'gamma-poisson', v: 100, vOpt: 100, c: 2 }).bound, 30.1949);
  near(run('boundary', { kind: 'gamma-exponential', v: 100, vOpt: 100, c: 2 }).bound, 33.02017);
  near(run('boundary', { kind: 'polynomial-stitching', v: 100, vMin: 10, c: 3 }).bound, 64.48755);
  near(run('boundary', { kind: 'double-stitching', quantile: 0.9, t: 1000, tOpt: 100 }).bound, 43.72119);
});

test('bad input is one line that names the place', () => {
  const arms = { control: [1], treatment: [2], quantile: 0.5 };
  const bad: [string, unknown, RegExp][] = [
    ['counts', 5, /^input: .*; expected \{stages/],
    ['counts', { stages: [] }, /^stages: /],
    ['counts', { stages: [{ control: -1, treatment: 0, share: 0.5 }] }, /^stages\[0\]\.control is -1/],
    ['counts', { stages: [{ control: 1, treatment: 0, share: 0.5 }], sclaes: [1] }, /sclaes/],
    ['mean', { control: { n: 9, mean: 0, variance: 1 } }, /^give either control and treatment, or stages/],
    ['mean', { ...SUMMARY, stages: [SUMMARY] }, /^give either control and treatment, or stages/],
    ['mean', { ...SUMMARY, sides: 3 }, /^sides: /],
    ['mean', { ...SUMMARY, alpha: 0.5, sides: 1 }, /^2 alpha is 1/],
    [
      'quantile',
      { ...arms, treatment: { histogram: { 5: 1 } } },
      /^control and treatment must both be samples or both/,
    ],
    ['quantile', { ...arms, sides: 2, ratio: 1.1 }, /^sides 2 requires samples of one stage, and ratio 1/],
    ['quantile', { ...arms, treatment: [Number.NaN] }, /^treatment/],
    ['verdict', { direction: 'up', marginRatio: 0.8 }, /^give either stages or looks/],
    ['verdict', { metric: 'medians' }, /^metric: /],
    ['mean', { ...SUMMARY, control: { n: 9, mean: 0 } }, /^control\.variance: /],
    ['quantile', { ...arms, control: [1, 'a'] }, /^control\.1: /],
    [
      'plan',
      { direction: 'up', marginRatio: 0.8, baselineRate: 0.9, expectedRatio: 1.5 },
      /^baselineRate is 0\.9/,
    ],
    ['srm', { stages: [{ counts: [1, 2], shares: [0.5, 0.5] }], k: 0 }, /^k is 0/],
    ['plan', { direction: 'up', marginRatio: 0.8, power: 2 }, /^power is 2/],
    ['boundary', { kind: 'normal', v: -1, vOpt: 1 }, /^v is -1/],
  ];
  for (const [name, input, message] of bad) {
    assert.throws(
      () => run(name, input),
      (error) =>
        error instanceof Problem &&
        error.status === 400 &&
        message.test(error.message) &&
        !error.message.includes('\n'),
      `${name} ${message}`,
    );
  }
});

/** Leaves out what the chosen kind or metric does not take, so that inputs get past the check of their form. */
function known(name: string, input: unknown): unknown {
  const { metric, kind } = input as { metric?: string; kind?: string };
  const kept: Record<string, string[]> = {
    mean: ['metric', 'sd', 'expected'],
    quantile: ['metric', 'quantile', 'logSd', 'expectedRatio'],
    'polynomial-stitching': ['kind', 'v', 'vMin', 'c'],
    'double-stitching': ['kind', 'quantile', 't', 'tOpt'],
    normal: ['kind', 'v', 'vOpt', 's'],
  };
  const keys = name === 'plan' || name === 'boundary' ? kept[metric ?? kind ?? ''] : undefined;
  if (!keys) return input;
  return Object.fromEntries(Object.entries(input as object).filter(([key]) => keys.includes(key)));
}

/** Every number in a result, with its path. */
function numbers(value: unknown, path = ''): [string, number][] {
  if (typeof value === 'number') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbers(inner, `${path}.${key}`));
}

const size = fc.oneof(fc.constantFrom(0, 1, 2, 1e12), fc.nat(500));
const anyNumber = fc.oneof(
  fc.constantFrom(-1, 0, 0.5, 1, 1e-300, 1e300, 1e12, Number.MAX_SAFE_INTEGER),
  fc.double(),
);
const share = fc.constantFrom(1e-6, 0.02, 0.5, 0.999999);
const countStage = fc.record({ control: size, treatment: size, share });
const meanArm = fc.record({ n: size, mean: anyNumber, variance: anyNumber });
const histogram = fc.record({
  histogram: fc.dictionary(fc.integer({ min: -99, max: 99 }).map(String), size),
});
const arms = <T>(arm: fc.Arbitrary<T>) => ({ control: arm, treatment: arm });
const rateArm = fc.tuple(size, size).map(([a, b]) => ({ events: Math.min(a, b), units: Math.max(a, b) }));
const INPUTS: Record<string, fc.Arbitrary<unknown>> = {
  counts: fc.record({
    stages: fc.array(countStage, { minLength: 1, maxLength: 3 }),
    nullLogRatio: fc.constantFrom(-99, 0, 3),
  }),
  rates: fc.record({
    stages: fc.array(fc.record({ control: rateArm, treatment: rateArm, share }), {
      minLength: 1,
      maxLength: 3,
    }),
    nullLogRatio: fc.constantFrom(-99, 0, 3),
    baseRate: fc.constantFrom(0, 0.5, 1, 2),
    direction: fc.constantFrom('up', 'down'),
  }),
  proportion: fc.record({ events: size, n: size, plannedN: anyNumber }),
  srm: fc.record({
    stages: fc.array(fc.record({ counts: fc.tuple(size, size), shares: share.map((s) => [1 - s, s]) }), {
      minLength: 1,
      maxLength: 2,
    }),
  }),
  mean: fc.record({
    ...arms(meanArm),
    sides: fc.constantFrom(1, 2),
    scale: fc.constantFrom('difference', 'logRatio'),
    null: anyNumber,
    plannedN: anyNumber,
  }),
  quantile: fc.record({ ...arms(histogram), quantile: fc.constantFrom(0.001, 0.5, 0.999), ratio: anyNumber }),
  verdict: fc.record({
    stages: fc.array(countStage, { minLength: 1, maxLength: 2 }),
    direction: fc.constant('up'),
    marginRatio: anyNumber,
  }),
  ratio: fc.record(
    arms(fc.record({ units: size, e: anyNumber, n: anyNumber, ee: anyNumber, nn: anyNumber, en: anyNumber })),
  ),
  cuped: fc.record(
    arms(
      fc.record({
        n: size,
        meanX: anyNumber,
        meanY: anyNumber,
        varianceX: anyNumber,
        varianceY: anyNumber,
        covariance: anyNumber,
      }),
    ),
  ),
  band: fc.record({ n: anyNumber, tMin: anyNumber }),
  'plan ': fc.record({
    metric: fc.constantFrom('mean', 'quantile'),
    sd: anyNumber,
    expected: anyNumber,
    quantile: fc.constantFrom(0.5, 0.99),
    logSd: anyNumber,
    expectedRatio: anyNumber,
  }),
  plan: fc.record({
    direction: fc.constantFrom('up', 'down'),
    marginRatio: anyNumber,
    expectedRatio: anyNumber,
    share,
  }),
  'boundary ': fc.record({
    kind: fc.constantFrom('polynomial-stitching', 'double-stitching'),
    v: anyNumber,
    vMin: anyNumber,
    c: anyNumber,
    quantile: share,
    t: anyNumber,
    tOpt: anyNumber,
  }),
  combine: fc.record({ logE: fc.array(anyNumber, { minLength: 1, maxLength: 4 }) }),
  boundary: fc.record({
    kind: fc.constantFrom('normal', 'gamma-poisson', 'gamma-exponential'),
    v: anyNumber,
    vOpt: anyNumber,
    s: anyNumber,
    c: anyNumber,
  }),
  regression: fc.record({ estimate: anyNumber, standardError: anyNumber, n: size, k: size }),
};

for (const [name, inputs] of Object.entries(INPUTS)) {
  test(`${name}: any input gives finite numbers or an error of one line`, () => {
    fc.assert(
      fc.property(inputs, (input) => {
        let result: unknown;
        try {
          result = run(name.trim(), known(name.trim(), input));
        } catch (error) {
          assert.ok(error instanceof Problem && !error.message.includes('\n'), String(error));
          return;
        }
        for (const [path, number] of numbers(result))
          assert.ok(Number.isFinite(number), `${path} is ${number}`);
      }),
      { seed: 7, numRuns: 150 },
    );
  });
}
