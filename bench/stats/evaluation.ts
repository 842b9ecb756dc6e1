/**
 * The cost of a look: 1,000 metrics over three stages each, all three claims and the bounds of the confidence sequence,
 * on one core. The limit is 1 s, because a control room evaluates every metric of every run at each look.
 */
import * as counts from '../../src/stats/counts/counts.ts';
import * as rates from '../../src/stats/counts/rates.ts';
import * as mean from '../../src/stats/means/mean.ts';
import { summarise } from '../../src/stats/means/moments.ts';
import { type Random, seeded } from '../../src/stats/numerics/random.ts';
import { histogramOf } from '../../src/stats/quantiles/histogram.ts';
import * as quantile from '../../src/stats/quantiles/quantile.ts';
import { boundScales, weighCounts, weighMeans, weighQuantiles, weighRates } from '../../src/stats/verdict.ts';
import { median, type Row } from '../row.ts';
import type { Case } from './race.ts';
import { normal } from './traffic/samplers.ts';

const METRICS = 1_000;
/** Different data sets, so that caches do not serve all metrics. */
const DATA_SETS = 40;
const REPEATS = 5;
const LIMIT_SECONDS = 1;
const SHARES = [0.05, 0.3, 0.5];
const RATIO_CLAIM = { direction: 'down', marginRatio: 1.1 } as const;

function latencies(random: Random, n: number): number[] {
  return Array.from({ length: n }, () => 200 * Math.exp(0.6 * normal(random)));
}

function dataSet(random: Random) {
  return SHARES.map((share) => {
    const values = { control: latencies(random, 2_000), treatment: latencies(random, 2_000) };
    return {
      counts: { share, control: 40 + random.poisson(20), treatment: 40 + random.poisson(20) },
      rates: {
        share,
        control: { events: 400 + random.poisson(20), units: 1_000 + random.poisson(30) },
        treatment: { events: 400 + random.poisson(20), units: 1_000 + random.poisson(30) },
      },
      means: { control: summarise(values.control), treatment: summarise(values.treatment) },
      histograms: { control: histogramOf(values.control), treatment: histogramOf(values.treatment) },
    };
  });
}

type DataSet = ReturnType<typeof dataSet>;

/** Everything that a look computes for one metric, by kind. */
const EVALUATIONS: Record<string, (stages: DataSet) => void> = {
  counts(stages) {
    const given = stages.map((stage) => stage.counts);
    weighCounts(given, RATIO_CLAIM);
    counts.ratioBounds(given, { alpha: 0.05, scales: boundScales(RATIO_CLAIM) });
  },
  rates(stages) {
    const given = stages.map((stage) => stage.rates);
    weighRates(given, RATIO_CLAIM, { baseRate: 0.4 });
    rates.ratioBounds(given, { alpha: 0.05, scales: boundScales(RATIO_CLAIM), baseRate: 0.4 });
  },
  mean(stages) {
    const given = stages.map((stage) => stage.means);
    const tuning = { alpha: 0.05, plannedN: 5_000 };
    weighMeans(given, { ...tuning, direction: 'down', scale: 'logRatio', margin: 0.1 });
    const estimate = mean.estimateOf(given, 'logRatio');
    for (const direction of ['up', 'down'] as const)
      mean.confidenceSequence(estimate, { ...tuning, sides: 1, direction });
  },
  'quantile (p95)'(stages) {
    const given = quantile.comparisonOf(stages.map((stage) => stage.histograms));
    weighQuantiles(given, { ...RATIO_CLAIM, quantile: 0.95 });
    quantile.ratioBounds(given, { quantile: 0.95, alpha: 0.05 });
  },
};

function secondsOf(evaluate: (stages: DataSet) => void, data: readonly DataSet[]): number {
  const times = Array.from({ length: REPEATS }, () => {
    const start = performance.now();
    for (let i = 0; i < METRICS; i++) evaluate(data[i % data.length] as DataSet);
    return (performance.now() - start) / 1000;
  });
  return median(times);
}

function rows(): Row[] {
  const random = seeded(1);
  const data = Array.from({ length: DATA_SETS }, () => dataSet(random));
  return Object.entries(EVALUATIONS).map(([kind, evaluate]) => {
    const value = secondsOf(evaluate, data);
    return {
      case: `evaluation of 1,000 metrics x 3 stages: ${kind}`,
      value,
      unit: 'seconds',
      versus: `limit ${LIMIT_SECONDS} s`,
      ratio: value / LIMIT_SECONDS,
    };
  });
}

export const cases: readonly Case[] = [{ name: 'evaluation', kind: 'costs', effort: 1, rows }];
