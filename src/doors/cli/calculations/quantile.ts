import { z } from 'zod';
import { distributionBand } from '../../../stats/boundaries/stitching.ts';
import { GROWTH, sorted } from '../../../stats/quantiles/histogram.ts';
import {
  comparisonOf,
  logEvidence,
  logEvidenceOfDifference,
  type QuantileTuning,
  ratioBounds,
  type StageQuantiles,
} from '../../../stats/quantiles/quantile.ts';
import {
  alpha,
  badInput,
  type Calculation,
  calculation,
  direction,
  pOf,
  sides,
  staged,
  stagesOf,
} from './calculation.ts';

/** An arm: its samples, or a histogram with log buckets. */
export const distribution = z.union([
  z.array(z.number()),
  z.strictObject({
    histogram: z.record(z.string().regex(/^-?\d+$/), z.number()),
    growth: z.number().default(GROWTH),
    zeros: z.number().default(0),
  }),
]);

type Distribution = z.output<typeof distribution>;

export function quantileStages(
  stages: { control: Distribution; treatment: Distribution }[],
): StageQuantiles[] {
  return stages.map(({ control, treatment }) => {
    if (Array.isArray(control) && Array.isArray(treatment)) return { control, treatment };
    if (Array.isArray(control) || Array.isArray(treatment)) {
      throw badInput('control and treatment must both be samples or both be histograms');
    }
    return { control: histogram(control), treatment: histogram(treatment) };
  });
}

function histogram({ histogram, growth, zeros }: Exclude<Distribution, number[]>) {
  return {
    growth,
    zeros,
    ...sorted(new Map(Object.entries(histogram).map(([bucket, count]) => [Number(bucket), count]))),
  };
}

export function quantileTuning({
  quantile,
  plannedN,
}: {
  quantile: number;
  plannedN?: number | undefined;
}): QuantileTuning {
  return { quantile, ...(plannedN !== undefined && { plannedN }) };
}

export const quantileCalculations: Record<string, Calculation> = {
  quantile: calculation(
    {
      about: 'the ratio of two quantiles, from samples or log-bucket histograms (exact)',
      input:
        '{control: [samples] | {histogram: {"bucket": count}, growth?: 1.01, zeros?: 0}, treatment: …, quantile, ratio?: 1, direction?: "up"|"down", plannedN?: per arm, alpha?: 0.05, sides?: 1}; stages: [{control, treatment}] may replace the two arms',
      schema: z.strictObject({
        ...staged(distribution),
        quantile: z.number(),
        ratio: z.number().default(1),
        direction: direction.default('up'),
        plannedN: z.number().optional(),
        alpha,
        sides: sides.default(1),
      }),
    },
    (given) => {
      const stages = quantileStages(stagesOf(given));
      const tuning = quantileTuning(given);
      if (given.sides === 2) return twoSided(stages, tuning, given.ratio);
      const comparison = comparisonOf(stages);
      const logE = logEvidence(comparison, { ...tuning, direction: given.direction, ratio: given.ratio });
      const { ratio, low, high } = ratioBounds(comparison, { ...tuning, alpha: given.alpha });
      return { logE, p: pOf(logE), ratio, ratioConfidenceSequence: [low, high] };
    },
  ),
  band: calculation(
    {
      about: 'the half-width of a confidence band around a distribution function, for charts',
      input: '{n, alpha?: 0.05, tMin?: 100}',
      schema: z.strictObject({ n: z.number(), alpha, tMin: z.number().default(100) }),
    },
    ({ n, alpha, tMin }) => ({ halfWidth: distributionBand(n, alpha, tMin) }),
  ),
};

function twoSided(stages: StageQuantiles[], tuning: QuantileTuning, ratio: number) {
  const [only, another] = stages;
  if (!only || another || ratio !== 1 || !Array.isArray(only.control) || !Array.isArray(only.treatment)) {
    throw badInput('sides 2 requires samples of one stage, and ratio 1');
  }
  const logE = logEvidenceOfDifference({ control: only.control, treatment: only.treatment }, tuning);
  return { logE, p: pOf(logE) };
}
