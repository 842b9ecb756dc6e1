/** What every kind of evidence has to hold: independence of order and partition, and a mean of at most 1 under the null. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { betaMixture } from './boundaries/mixture.ts';
import * as counts from './counts/counts.ts';
import * as rates from './counts/rates.ts';
import { logMismatch } from './counts/srm.ts';
import type { StageCounts } from './input.ts';
import { adjust } from './means/cuped.ts';
import * as mean from './means/mean.ts';
import {
  addPair,
  addValue,
  mergeMoments,
  mergePairs,
  NO_MOMENTS,
  NO_PAIRS,
  pairSummaryOf,
  summaryOf,
} from './means/moments.ts';
import { ratioSummaryOf } from './means/ratio.ts';
import { logEvidence as coefficientEvidence, optimalG } from './means/regression.ts';
import { type Random, seeded } from './numerics/random.ts';
import { lgamma } from './numerics/special.ts';
import { histogramOf, mergeHistograms } from './quantiles/histogram.ts';
import * as quantile from './quantiles/quantile.ts';

interface Row {
  arm: 'control' | 'treatment';
  stage: number;
  /** Which part of the data it comes in, and where in that part. */
  part: number;
  order: number;
  value: number;
  covariate: number;
}

const SHARES = [0.1, 0.5];
const rows = fc.array(
  fc.record<Row>({
    arm: fc.constantFrom('control', 'treatment'),
    stage: fc.constantFrom(0, 1),
    part: fc.nat(3),
    order: fc.nat(1_000),
    value: fc.double({ min: 0.01, max: 5_000, noNaN: true }),
    covariate: fc.double({ min: 1, max: 50, noNaN: true }),
  }),
  { minLength: 8, maxLength: 120 },
);

/** The statistics of one arm in one stage, gathered part by part, each part in its own order. */
function gathered<Statistic>(
  data: readonly Row[],
  { arm, stage }: { arm: Row['arm']; stage: number },
  {
    none,
    add,
    merge,
  }: {
    none: Statistic;
    add(sum: Statistic, row: Row): Statistic;
    merge(a: Statistic, b: Statistic): Statistic;
  },
): Statistic {
  const mine = data.filter((row) => row.arm === arm && row.stage === stage);
  const parts = [...new Set(mine.map(({ part }) => part))].map((part) =>
    mine
      .filter((row) => row.part === part)
      .sort((a, b) => a.order - b.order)
      .reduce(add, none),
  );
  return parts.reduceRight(merge, none);
}

const MOMENTS = {
  none: NO_MOMENTS,
  add: (sum: typeof NO_MOMENTS, { value }: Row) => addValue(sum, value),
  merge: mergeMoments,
};
const PAIRS = {
  none: NO_PAIRS,
  add: (sum: typeof NO_PAIRS, { value, covariate }: Row) => addPair(sum, { x: covariate, y: value }),
  merge: mergePairs,
};
const EVENTS = {
  none: 0,
  add: (sum: number, { value }: Row) => sum + Number(value > 1_000),
  merge: (a: number, b: number) => a + b,
};
const UNITS = { ...EVENTS, add: (sum: number) => sum + 1 };
const BUCKETS = {
  none: histogramOf([]),
  add: (sum: ReturnType<typeof histogramOf>, { value }: Row) => mergeHistograms(sum, histogramOf([value])),
  merge: mergeHistograms,
};

const staged = <Arm>(of: (where: { arm: Row['arm']; stage: number }) => Arm) =>
  SHARES.map((_, stage) => ({
    control: of({ arm: 'control', stage }),
    treatment: of({ arm: 'treatment', stage }),
  }));
const MEAN_QUESTION = { alpha: 0.05, plannedN: 200, sides: 1, direction: 'up', null: 0 } as const;

/** The log-evidence of every kind of metric on the same data. */
const EVIDENCE: Record<string, (data: readonly Row[]) => number> = {
  counts: (data) =>
    counts.logEvidence(
      staged((where) => gathered(data, where, EVENTS)).map((stage, i) => ({
        ...stage,
        share: SHARES[i] as number,
      })),
      { direction: 'up', nullLogRatio: 0, scales: counts.ROBUST_SCALES },
    ),
  rates: (data) =>
    rates.logEvidence(
      SHARES.map((share, stage) => {
        const arm = (of: Row['arm']) => ({
          events: gathered(data, { arm: of, stage }, EVENTS),
          units: gathered(data, { arm: of, stage }, UNITS),
        });
        return { control: arm('control'), treatment: arm('treatment'), share };
      }),
      { direction: 'down', nullLogRatio: -0.1, scales: counts.ROBUST_SCALES, baseRate: 0.3 },
    ),
  mean: (data) =>
    mean.logEvidence(
      mean.estimateOf(staged((where) => summaryOf(gathered(data, where, MOMENTS)))),
      MEAN_QUESTION,
    ),
  logRatio: (data) => {
    const filled = staged((where) => summaryOf(gathered(data, where, MOMENTS))).filter(
      ({ control, treatment }) => control.n > 1 && treatment.n > 1,
    );
    return mean.logEvidence(mean.estimateOf(filled, 'logRatio'), MEAN_QUESTION);
  },
  cuped: (data) =>
    mean.logEvidence(
      mean.estimateOf(adjust(staged((where) => pairSummaryOf(gathered(data, where, PAIRS)))).stages),
      MEAN_QUESTION,
    ),
  ratio: (data) =>
    mean.logEvidence(
      mean.estimateOf(staged((where) => ratioSummaryOf(gathered(data, where, PAIRS)))),
      MEAN_QUESTION,
    ),
  quantile: (data) =>
    quantile.logEvidence(quantile.comparisonOf(staged((where) => gathered(data, where, BUCKETS))), {
      quantile: 0.5,
      direction: 'up',
      ratio: 1,
    }),
  srm: (data) =>
    logMismatch(
      staged((where) => gathered(data, where, UNITS)).map(({ control, treatment }, i) => ({
        counts: [control, treatment],
        shares: [1 - (SHARES[i] as number), SHARES[i] as number],
      })),
    ),
};

for (const [kind, logE] of Object.entries(EVIDENCE)) {
  test(`${kind}: any partition and order of the data gives the same log-evidence`, () => {
    fc.assert(
      fc.property(rows, (data) => {
        const whole = logE(data.map((row, order) => ({ ...row, part: 0, order })));
        const parted = logE(data);
        assert.ok(Number.isFinite(whole));
        assert.ok(
          Math.abs(parted - whole) <= 1e-9 * Math.max(1, Math.abs(whole)),
          `${parted} is not ${whole}`,
        );
      }),
      { seed: 7, numRuns: 60 },
    );
  });
}

const normal = (random: Random) =>
  Array.from({ length: 12 }, () => random.next()).reduce((sum, u) => sum + u, -6);
const lognormal = (random: Random, n: number) =>
  Array.from({ length: n }, () => Math.exp(0.6 * normal(random)));

const choose = (n: number, k: number) => lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
const chance = (n: number, k: number, p: number) =>
  Math.exp(choose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
const upTo = (n: number) => Array.from({ length: n + 1 }, (_, k) => k);

/** Σ P(outcome) E(outcome) over every outcome of n coins with probability p. */
const expectation = (n: number, p: number, logE: (hits: number) => number) =>
  upTo(n).reduce((sum, hits) => sum + chance(n, hits, p) * Math.exp(logE(hits)), 0);

test('counts: over all outcomes the e-value has mean 1 on the null and less on its far side', () => {
  for (const direction of ['up', 'down'] as const) {
    for (const share of [0.02, 0.5, 0.9]) {
      const question = { direction, nullLogRatio: 0, scales: counts.ROBUST_SCALES };
      const at = (p: number) =>
        expectation(60, p, (hits) =>
          counts.logEvidence([{ control: 60 - hits, treatment: hits, share }], question),
        );
      // Above 25 nats evidence is the integral, of which the nodes' sum differs in the eighth digit.
      assert.ok(Math.abs(at(share) - 1) < 1e-7, `${at(share)}`);
      assert.ok(at(direction === 'up' ? share * 0.9 : share * 1.05) < 1);
    }
  }
});

test('counts: the same over all outcomes of a ramp', () => {
  const [n, shares] = [14, [0.05, 0.5, 0.95]];
  const question = { direction: 'up', nullLogRatio: 0, scales: [0.5] } as const;
  let mean = 0;
  for (const a of upTo(n)) {
    for (const b of upTo(n)) {
      for (const c of upTo(n)) {
        const hits = [a, b, c];
        const stages: StageCounts[] = shares.map((share, i) => ({
          share,
          control: n - (hits[i] as number),
          treatment: hits[i] as number,
        }));
        const probability = hits.reduce((product, k, i) => product * chance(n, k, shares[i] as number), 1);
        mean += probability * Math.exp(counts.logEvidence(stages, question));
      }
    }
  }
  assert.ok(Math.abs(mean - 1) < 1e-9, `${mean}`);
});

test('sample ratio: over all outcomes of two stages the e-value has mean 1, fresh and carried', () => {
  for (const carry of [false, true]) {
    const shares = [0.7, 0.3];
    const mean = expectation(40, 0.3, (first) =>
      Math.log(
        expectation(25, 0.3, (second) =>
          logMismatch(
            [
              { counts: [40 - first, first], shares },
              { counts: [25 - second, second], shares },
            ],
            { k: 50, carry },
          ),
        ),
      ),
    );
    assert.ok(Math.abs(mean - 1) < 1e-9, `${mean}`);
  }
});

test('the Beta mixtures of quantiles have mean 1 at the quantile and less on its far side', () => {
  for (const p of [0.5, 0.95]) {
    const mixture = betaMixture(p, [20 * p, 20 * (1 - p)], 1);
    const at = (truth: number) => expectation(50, truth, (below) => mixture(below, 50 - below));
    assert.ok(Math.abs(at(p) - 1) < 1e-9, `${at(p)}`);
    assert.ok(at(p + 0.02) < 1);
  }
});

/** E-values of independent runs without an effect, for those whose outcomes cannot be listed. */
const NULL_RUNS: Record<string, (random: Random) => number> = {
  ...Object.fromEntries(
    ([1, 2] as const).map((sides) => [
      `mean, ${sides}-sided`,
      (random: Random) => {
        const arm = () =>
          summaryOf(Array.from({ length: 150 }, () => normal(random)).reduce(addValue, NO_MOMENTS));
        const estimate = mean.estimateOf([{ control: arm(), treatment: arm() }]);
        return mean.logEvidence(estimate, { ...MEAN_QUESTION, sides, plannedN: 2_000 });
      },
    ]),
  ),
  'quantile, two stages': (random) => {
    const stage = (n: number) => ({ control: lognormal(random, n), treatment: lognormal(random, n) });
    return quantile.logEvidence(quantile.comparisonOf([stage(40), stage(60)]), {
      quantile: 0.5,
      direction: 'up',
      ratio: 1,
      plannedN: 100,
    });
  },
  'regression, g fixed': (random) => {
    const {
      n,
      mean: average,
      variance,
    } = summaryOf(Array.from({ length: 40 }, () => normal(random)).reduce(addValue, NO_MOMENTS));
    return coefficientEvidence(average / Math.sqrt(variance / n), { n, k: 1 }, 10);
  },
};

for (const [kind, logE] of Object.entries(NULL_RUNS)) {
  test(`${kind}: without an effect the e-value has a mean of at most 1`, (context) => {
    const random = seeded(11);
    const values = Array.from({ length: 3_000 }, () => Math.exp(logE(random)));
    const average = values.reduce((sum, value) => sum + value, 0) / values.length;
    const error = Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0)) / values.length;
    context.diagnostic(`${average.toFixed(3)} ± ${error.toFixed(3)}`);
    assert.ok(average <= 1 + 3 * error, `${average} ± ${error}`);
    assert.ok(average > 0.01, 'an e-value that is always 0 tells nothing');
  });
}

test('regression: watched at every look with the g of the plan, at most 5 % of runs without an effect alarm', () => {
  const random = seeded(12);
  const runs = 500;
  const g = optimalG({ n: 2_000, k: 1 }, 0.05);
  let alarms = 0;
  for (let run = 0; run < runs; run++) {
    let [n, sum, squares, alarmed] = [0, 0, 0, false];
    while (n < 4_000 && !alarmed) {
      for (let i = 0; i < 20; i++) {
        const x = normal(random);
        [n, sum, squares] = [n + 1, sum + x, squares + x * x];
      }
      const variance = (squares - (sum * sum) / n) / (n - 1);
      alarmed = coefficientEvidence(sum / n / Math.sqrt(variance / n), { n, k: 1 }, g) >= Math.log(20);
    }
    if (alarmed) alarms++;
  }
  // The 99.9 % quantile of Binomial(500, .05).
  assert.ok(alarms > 0 && alarms <= 41, `${alarms} of ${runs}`);
});
