/**
 * Latencies, lognormal(ln 200 ms, .6): means of raw and of log values, and single quantiles, against bands around entire
 * distribution functions. With an effect, treatment takes 1.1 times as long.
 */

import { addValue, type Moments, NO_MOMENTS, summaryOf } from '../../src/stats/means/moments.ts';
import { normalQuantile } from '../../src/stats/numerics/normal.ts';
import { meanLimits } from '../../src/stats/planning/limits.ts';
import { bucketOf, GROWTH, type Steps, sorted } from '../../src/stats/quantiles/histogram.ts';
import { comparisonOf, logEvidence } from '../../src/stats/quantiles/quantile.ts';
import { ALPHA, binaryMeans, exactCounts, means, NEEDED } from './ours.ts';
import { type Case, delays, falseAlarms, type Race, type Stream } from './race.ts';
import { shiftOracle } from './rivals/oracle.ts';
import { absolute, bandsApart, type Contrast, growthBook, mixtureSprt, zTest } from './rivals/peers.ts';
import { normal } from './traffic/samplers.ts';
import type { Binary } from './traffic/streams.ts';

const LOOK = 100;
const MU = Math.log(200);
const SD = 0.6;

interface Arms<Arm> extends Stream {
  control: Arm;
  treatment: Arm;
}

/** Two arms of equal share; `add` takes the natural log of a latency in ms. */
function arms<Arm>(shift: number, start: () => Arm, add: (arm: Arm, logMs: number) => void) {
  return {
    start: (): Arms<Arm> => ({ n: 0, control: start(), treatment: start() }),
    advance: (stream: Arms<Arm>, random: Parameters<typeof normal>[0]) => {
      for (let i = 0; i < LOOK; i++) {
        const treated = random.chance(0.5);
        const logMs = MU + (treated ? shift : 0) + SD * normal(random);
        add(treated ? stream.treatment : stream.control, logMs);
      }
      stream.n += LOOK;
    },
  };
}

interface Sums {
  raw: Moments;
  log: Moments;
}

function meansRace(name: string, ratio: number, horizon: number): Race<Arms<Sums>> {
  const shift = Math.log(ratio);
  const planned = Math.round(
    meanLimits(Math.log(1.1), SD, { share: 0.5, alpha: ALPHA, power: 0.8 }).fixedOneSided,
  );
  const on = (scale: keyof Sums, test: (contrast: Contrast) => boolean) => (stream: Arms<Sums>) =>
    test(absolute(summaryOf(stream.control[scale]), summaryOf(stream.treatment[scale])));
  const ours = (test: ReturnType<typeof means>) => (stream: Arms<Sums>) =>
    test([{ control: summaryOf(stream.control.log), treatment: summaryOf(stream.treatment.log) }]);
  const oracle = shiftOracle([MU, MU + shift], SD);
  return {
    name,
    ...arms(
      shift,
      () => ({ raw: NO_MOMENTS, log: NO_MOMENTS }),
      (arm, logMs) => {
        arm.raw = addValue(arm.raw, Math.exp(logMs));
        arm.log = addValue(arm.log, logMs);
      },
    ),
    horizon,
    methods: {
      ...(ratio === 1
        ? { 'ours mean of ln, down': ours(means('down')) }
        : {
            oracle: ({ control, treatment }: Arms<Sums>) =>
              oracle(summaryOf(control.log), summaryOf(treatment.log)),
          }),
      'ours mean of ln': ours(means('up')),
      'ours mean of ln, planned for this': ours(means('up', { plannedN: planned })),
      'GrowthBook on ln': on('log', growthBook),
      'GrowthBook on ms': on('raw', growthBook),
      'mSPRT tau 20 ms': on('raw', mixtureSprt(20)),
      'z peeked (invalid)': on('raw', zTest()),
    },
  };
}

/** An arm's values in ascending order, their histogram, and the number of slow ones per threshold. */
interface Ranked {
  n: number;
  values: Float64Array;
  fresh: number[];
  buckets: Map<number, number>;
  slow: number[];
}

const QUANTILES = [0.5, 0.95, 0.99];
const LOG_THRESHOLDS = QUANTILES.map((p) => MU + SD * normalQuantile(p));
const COUNTED = Float64Array.from({ length: 200_000 }, (_, i) => i + 1);

function add(arm: Ranked, logMs: number): void {
  const ms = Math.exp(logMs);
  arm.n++;
  arm.fresh.push(ms);
  const bucket = bucketOf(ms);
  arm.buckets.set(bucket, (arm.buckets.get(bucket) ?? 0) + 1);
  LOG_THRESHOLDS.forEach((threshold, i) => {
    if (logMs > threshold) arm.slow[i]!++;
  });
}

/** Merges the values since the last look into the ascending values. */
function ranked(arm: Ranked): Float64Array {
  if (arm.fresh.length === 0) return arm.values;
  const [old, fresh] = [arm.values, Float64Array.from(arm.fresh).sort()];
  const merged = new Float64Array(old.length + fresh.length);
  for (let i = 0, j = 0; i + j < merged.length; ) {
    const takeOld = j === fresh.length || (i < old.length && (old[i] as number) <= (fresh[j] as number));
    merged[i + j] = (takeOld ? old[i] : fresh[j]) as number;
    if (takeOld) i++;
    else j++;
  }
  arm.values = merged;
  arm.fresh = [];
  return merged;
}

function stepsOf(arm: Ranked): Steps {
  const positions = ranked(arm);
  return { n: positions.length, positions, upTo: COUNTED.subarray(0, positions.length) };
}

/** Tests of one quantile: on a histogram, on the sample, and on the share above a fixed threshold. */
function quantileMethods(which: number): Race<Arms<Ranked>>['methods'] {
  const quantile = QUANTILES[which] as number;
  const question = { quantile, direction: 'up', ratio: 1 } as const;
  const name = `p${100 * quantile}`;
  const [exact, mean] = [exactCounts('up'), binaryMeans('up')];
  return {
    [`ours ${name} histogram`]: ({ control, treatment }) => {
      const histogram = ({ buckets }: Ranked) => ({ growth: GROWTH, zeros: 0, ...sorted(buckets) });
      const stages = comparisonOf([{ control: histogram(control), treatment: histogram(treatment) }]);
      return logEvidence(stages, question) >= NEEDED;
    },
    [`ours ${name} sample`]: ({ control, treatment }) => {
      const stage = { control: stepsOf(control), treatment: stepsOf(treatment), growth: undefined };
      return logEvidence([stage], question) >= NEEDED;
    },
    [`ours ${name} threshold, exact`]: (stream) => exact(aboveThreshold(stream, which)),
    [`ours ${name} threshold, mean`]: (stream) => mean(aboveThreshold(stream, which)),
  };
}

/** "Slower than the threshold" as a 0/1 outcome. */
function aboveThreshold({ n, control, treatment }: Arms<Ranked>, which: number): Binary {
  const arm = ({ n: all, slow }: Ranked) => ({ n: all, events: slow[which] as number });
  const total = { share: 0.5, control: arm(control), treatment: arm(treatment) };
  return { n, stages: [total], total };
}

const bands = (stream: Arms<Ranked>) => bandsApart(ranked(stream.control), ranked(stream.treatment));

function quantiles(
  name: string,
  { ratio, horizon, methods }: { ratio: number } & Pick<Race<Arms<Ranked>>, 'horizon' | 'methods'>,
): Race<Arms<Ranked>> {
  const start = (): Ranked => ({
    n: 0,
    values: new Float64Array(),
    fresh: [],
    buckets: new Map(),
    slow: QUANTILES.map(() => 0),
  });
  return { name, ...arms(Math.log(ratio), start, add), horizon, methods };
}

const BANDS = 'DKW bands';
const bulk = { ...quantileMethods(0), ...quantileMethods(1), [BANDS]: bands };

export const cases: readonly Case[] = [
  falseAlarms(meansRace('A/A latency', 1, 10_000)),
  falseAlarms(quantiles('A/A latency quantiles', { ratio: 1, horizon: 20_000, methods: bulk }), {
    effort: 0.2,
  }),
  delays(meansRace('latency x1.10', 1.1, 30_000), { effort: 2 }),
  delays(quantiles('latency quantiles x1.10', { ratio: 1.1, horizon: 40_000, methods: bulk }), {
    effort: 0.4,
    peer: BANDS,
  }),
  delays(quantiles('latency p99 x1.10', { ratio: 1.1, horizon: 150_000, methods: quantileMethods(2) }), {
    effort: 0.2,
    peer: 'ours p99 histogram',
  }),
];
