import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StatsInputError } from '../input.ts';
import { logNormalCdf } from '../numerics/normal.ts';
import { confidenceSequence, type Estimate, estimateOf, halfWidth, logEvidence } from './mean.ts';
import type { Summary } from './moments.ts';

const summary = (n: number, mean: number, variance: number): Summary => ({ n, mean, variance });
const TUNING = { alpha: 0.05, plannedN: 5_000 } as const;
const estimate = fc.record({
  n: fc.integer({ min: 4, max: 1e7 }),
  difference: fc.double({ min: -5, max: 5, noNaN: true }),
  variance: fc.double({ min: 1e-8, max: 10, noNaN: true }),
});
const near = (actual: number, expected: number, tolerance = 1e-9) =>
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );

test('one stage is the plain difference with the variance of Welch', () => {
  const stage = { control: summary(100, 3, 8), treatment: summary(50, 5, 6) };
  assert.deepEqual(estimateOf([stage]), { n: 150, difference: 2, variance: 8 / 100 + 6 / 50 });
});

test('stages are compared within and weighted by n0 n1/(n0+n1), so a drift between them is no effect', () => {
  const stages = [
    { control: summary(950, 3, 1), treatment: summary(50, 3, 1) },
    { control: summary(50, 9, 1), treatment: summary(950, 9, 1) },
  ];
  assert.equal(estimateOf(stages)?.difference, 0);
  const uneven = [
    { control: summary(100, 1, 2), treatment: summary(100, 2, 2) },
    { control: summary(30, 1, 2), treatment: summary(10, 5, 2) },
  ];
  const [w1, w2] = [50, 7.5];
  const found = estimateOf(uneven) as Estimate;
  near(found.difference, (w1 * 1 + w2 * 4) / (w1 + w2));
  near(found.variance, (w1 ** 2 * 0.04 + w2 ** 2 * (2 / 30 + 2 / 10)) / (w1 + w2) ** 2);
  assert.equal(found.n, 240);
});

test('a stage without two values in both arms says nothing; without any there is no estimate and no evidence', () => {
  const good = { control: summary(100, 3, 8), treatment: summary(50, 5, 6) };
  const thin = { control: summary(100, 3, 8), treatment: summary(1, 99, 0) };
  assert.deepEqual(estimateOf([thin, good]), estimateOf([good]));
  assert.deepEqual(
    estimateOf([{ control: summary(1, 3, 0), treatment: summary(100, 99, 2) }, good]),
    estimateOf([good]),
  );
  for (const none of [[], [thin], [{ control: summary(5, 1, 0), treatment: summary(5, 2, 0) }]]) {
    assert.equal(estimateOf(none), null);
  }
  const question = { ...TUNING, sides: 2, direction: 'up', null: 0 } as const;
  assert.equal(logEvidence(null, question), 0);
  assert.deepEqual(confidenceSequence(null, question), [null, null]);
});

test('two values per arm are enough for an estimate', () => {
  assert.equal(estimateOf([{ control: summary(2, 3, 8), treatment: summary(2, 5, 6) }])?.difference, 2);
});

test('the log ratio is that of the means, with its delta-method variance', () => {
  const found = estimateOf(
    [{ control: summary(100, 4, 2), treatment: summary(50, 5, 3) }],
    'logRatio',
  ) as Estimate;
  near(found.difference, Math.log(5 / 4));
  near(found.variance, 3 / 50 / 25 + 2 / 100 / 16);
  const of = (control: number, treatment: number) =>
    estimateOf([{ control: summary(9, control, 1), treatment: summary(9, treatment, 1) }], 'logRatio');
  assert.throws(() => of(-1, 5), /a log ratio needs both above 0/);
  assert.throws(() => of(5, -1), /a log ratio needs both above 0/);
  assert.deepEqual([of(0, 5), of(5, 0)], [null, null], 'before the first event there is no ratio');
});

test('the sequence excludes the null exactly when the evidence has reached the threshold', () => {
  fc.assert(
    fc.property(
      estimate,
      fc.constantFrom(1, 2),
      fc.constantFrom('up', 'down'),
      fc.double({ min: 0.001, max: 0.2, noNaN: true }),
      (given, sides, direction, alpha) => {
        const question = { alpha, plannedN: 700, sides, direction, null: 0 } as const;
        const half = halfWidth(given, question);
        const reached = (distance: number) => {
          const difference = direction === 'up' ? distance : -distance;
          return logEvidence({ ...given, difference }, question) >= Math.log(1 / alpha);
        };
        assert.ok(reached(half * (1 + 1e-9)) && !reached(half * (1 - 1e-9)));
        assert.equal(reached(-half * (1 + 1e-9)), sides === 2, 'two-sided evidence looks both ways');
      },
    ),
    { seed: 7 },
  );
});

test('bounds lie a half-width from the estimate, and a one-sided sequence is open on one side', () => {
  const given = { n: 500, difference: 2, variance: 0.01 };
  const half = (sides: 1 | 2) => halfWidth(given, { ...TUNING, sides });
  assert.deepEqual(confidenceSequence(given, { ...TUNING, sides: 2, direction: 'up' }), [
    2 - half(2),
    2 + half(2),
  ]);
  assert.deepEqual(confidenceSequence(given, { ...TUNING, sides: 1, direction: 'up' }), [2 - half(1), null]);
  assert.deepEqual(confidenceSequence(given, { ...TUNING, sides: 1, direction: 'down' }), [
    null,
    2 + half(1),
  ]);
  assert.ok(half(1) < half(2));
});

test('the evidence is monotone in the effect, mirrored by direction, moved by the null, and never infinite', () => {
  fc.assert(
    fc.property(
      estimate,
      fc.constantFrom(1, 2),
      fc.double({ min: 0, max: 2, noNaN: true }),
      (given, sides, more) => {
        const up = { ...TUNING, sides, direction: 'up', null: 0 } as const;
        const logE = logEvidence(given, up);
        assert.ok(Number.isFinite(logE));
        if (sides === 1)
          assert.ok(logEvidence({ ...given, difference: given.difference + more }, up) >= logE);
        const mirrored = { ...given, difference: -given.difference };
        near(logEvidence(mirrored, { ...up, direction: 'down' }), logE);
        near(logEvidence({ ...given, difference: given.difference + 3 }, { ...up, null: 3 }), logE, 1e-6);
      },
    ),
    { seed: 7 },
  );
});

test('one-sided evidence never exceeds the half-normal mixture it is bounded by, and meets it at no effect', () => {
  const question = { ...TUNING, sides: 1, direction: 'up', null: 0 } as const;
  const rho2 = (-2 * Math.log(0.1) + Math.log1p(-2 * Math.log(0.1))) / 5_000;
  for (const n of [50, 5_000, 1e6]) {
    for (let z = -4; z <= 6; z += 0.25) {
      const grown = n * rho2;
      const q = ((grown / (grown + 1)) * z * z) / 2;
      const mixture = Math.LN2 + q + logNormalCdf(Math.sign(z) * Math.sqrt(2 * q)) - 0.5 * Math.log1p(grown);
      const logE = logEvidence({ n, difference: z, variance: 1 }, question);
      assert.ok(logE <= mixture + 1e-12, `n ${n} z ${z}: ${logE} > ${mixture}`);
      if (z <= 0) near(logE, Math.min(0, mixture));
      if (z >= 4 && n >= 5_000) assert.ok(logE > mixture - 0.1, `n ${n} z ${z}: ${logE}`);
    }
  }
});

test('no NaN at the edges of what is allowed', () => {
  const huge = [{ control: summary(1e12, 1e9, 1e18), treatment: summary(1e12, 1e9 + 1, 1e18) }];
  const found = estimateOf(huge) as Estimate;
  for (const sides of [1, 2] as const) {
    assert.ok(Number.isFinite(logEvidence(found, { ...TUNING, sides, direction: 'up', null: 0 })));
    assert.ok(Number.isFinite(halfWidth(found, { ...TUNING, sides })));
  }
});

test('bad input is refused by name', () => {
  const bad: [() => unknown, RegExp][] = [
    [
      () => estimateOf([{ control: summary(-1, 0, 0), treatment: summary(1, 0, 0) }]),
      /stages\[0\]\.control\.n is -1/,
    ],
    [
      () => estimateOf([{ control: summary(2, 0, 0), treatment: summary(2, 0, -2) }]),
      /stages\[0\]\.treatment\.variance is -2/,
    ],
    [() => halfWidth({ n: 10, variance: 1 }, { ...TUNING, sides: 2, alpha: 1 }), /alpha is 1/],
    [() => halfWidth({ n: 10, variance: 1 }, { ...TUNING, sides: 1, alpha: 0.5 }), /2 alpha is 1/],
    [() => halfWidth({ n: 10, variance: 1 }, { ...TUNING, sides: 1, plannedN: 0 }), /plannedN is 0/],
    [
      () => confidenceSequence(null, { ...TUNING, sides: 1, plannedN: -1, direction: 'up' }),
      /plannedN is -1/,
    ],
    [() => logEvidence(null, { ...TUNING, sides: 2, direction: 'up', null: Number.NaN }), /null is NaN/],
  ];
  for (const [run, message] of bad)
    assert.throws(
      run,
      (error) => error instanceof StatsInputError && message.test(error.message),
      `${message}`,
    );
});
