/** What every kind of evidence has to hold: independence of order and partition, and a mean of at most 1 under the null. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as counts from './counts.ts';
import { adjust } from './cuped.ts';
import { histogramOf, mergeHistograms } from './histogram.ts';
import type { StageCounts } from './input.ts';
import * as mean from './mean.ts';
import {
  addPair,
  addValue,
  mergeMoments,
  mergePairs,
  NO_MOMENTS,
  NO_PAIRS,
  pairSummaryOf,
  summaryOf,
} from './moments.ts';
import * as quantile from './quantile.ts';
import { type Random, seeded } from './random.ts';
import { ratioSummaryOf } from './ratio.ts';
import { logMismatch } from './srm.ts';

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
      staged((where) => gathered(data, where, { ...EVENTS, add: (sum) => sum + 1 })).map(
        ({ control, treatment }, i) => ({
          counts: [control, treatment],
          shares: [1 - (SHARES[i] as number), SHARES[i] as number],
        }),
      ),
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

/** E-values of independent runs without an effect, at a fixed look. */
const NULL_RUNS: Record<string, (random: Random) => number> = {
  'counts, one stage': (random) => {
    const stage = { control: 0, treatment: 0, share: 0.2 };
    for (let i = 0; i < 80; i++) stage[random.chance(0.2) ? 'treatment' : 'control']++;
    return counts.logEvidence([stage], { direction: 'up', nullLogRatio: 0, scales: counts.ROBUST_SCALES });
  },
  'counts, a ramp': (random) => {
    const stages: StageCounts[] = [0.05, 0.5, 0.95].map((share) => ({ control: 0, treatment: 0, share }));
    for (const stage of stages)
      for (let i = 0; i < 30; i++) stage[random.chance(stage.share) ? 'treatment' : 'control']++;
    return counts.logEvidence(stages, { direction: 'down', nullLogRatio: 0, scales: [0.5] });
  },
  mean: (random) => {
    const arm = () =>
      summaryOf(Array.from({ length: 150 }, () => normal(random)).reduce(addValue, NO_MOMENTS));
    const estimate = mean.estimateOf([{ control: arm(), treatment: arm() }]);
    return mean.logEvidence(estimate, { ...MEAN_QUESTION, sides: 2, plannedN: 2_000 });
  },
  quantile: (random) =>
    quantile.logEvidence(
      quantile.comparisonOf([{ control: lognormal(random, 60), treatment: lognormal(random, 60) }]),
      {
        quantile: 0.5,
        direction: 'up',
        ratio: 1,
        plannedN: 100,
      },
    ),
  srm: (random) => {
    let treatment = 0;
    for (let i = 0; i < 200; i++) if (random.chance(0.3)) treatment++;
    return logMismatch([{ counts: [200 - treatment, treatment], shares: [0.7, 0.3] }], { k: 50 });
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
