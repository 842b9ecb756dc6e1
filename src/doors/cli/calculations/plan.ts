import { z } from 'zod';
import { proportionLimits } from '../../../stats/planning/limits.ts';
import {
  eventsAtLeast,
  eventsForSupport,
  PLANNED_POWER,
  valuesForMean,
  valuesForQuantile,
} from '../../../stats/planning/plan.ts';
import {
  alpha,
  badInput,
  type Calculation,
  calculation,
  direction,
  finite,
  withMetric,
} from './calculation.ts';

const demand = { share: z.number().default(0.5), alpha, power: z.number().default(PLANNED_POWER) };
const perSecond = z.number().positive().optional();

const planInput = withMetric(
  z.discriminatedUnion('metric', [
    z.strictObject({
      metric: z.literal('counts'),
      direction,
      marginRatio: z.number(),
      expectedRatio: z.number().default(1),
      ...demand,
      baselineRate: z.number().gt(0).lte(1).optional(),
      perSecond,
    }),
    z.strictObject({
      metric: z.literal('proportion'),
      control: z.number(),
      treatment: z.number(),
      ...demand,
      perSecond,
    }),
    z.strictObject({
      metric: z.literal('mean'),
      sd: z.number(),
      expected: z.number(),
      null: z.number().default(0),
      plannedN: z.number().optional(),
      ...demand,
      perSecond,
    }),
    z.strictObject({
      metric: z.literal('quantile'),
      quantile: z.number(),
      logSd: z.number(),
      expectedRatio: z.number(),
      ratio: z.number().default(1),
      plannedN: z.number().optional(),
      share: demand.share,
      alpha,
      perSecond,
    }),
  ]),
);

type PlanInput = z.output<typeof planInput>;
type Of<Metric> = Extract<PlanInput, { metric: Metric }>;

/** Seconds until `sample` has arrived, if the traffic is given. */
function duration(sample: number, perSecond: number | undefined) {
  return perSecond === undefined ? {} : { seconds: finite(sample / perSecond) };
}

function countsPlan({ baselineRate, perSecond, ...plan }: Of<'counts'>) {
  const { sample, median } = eventsForSupport(plan);
  // Units per event, over both arms.
  if (baselineRate !== undefined && baselineRate * plan.expectedRatio > 1) {
    throw badInput(`baselineRate is ${baselineRate}: ${plan.expectedRatio} times that exceeds 1`);
  }
  const rate = baselineRate && baselineRate * (1 - plan.share + plan.share * plan.expectedRatio);
  const units = rate ? sample / rate : undefined;
  return {
    events: finite(sample),
    medianEvents: finite(median),
    leastEvents: finite(eventsAtLeast(plan)),
    ...(units !== undefined && { units: finite(Math.ceil(units)) }),
    ...duration(units ?? sample, perSecond),
  };
}

function meanPlan({ perSecond, plannedN, ...plan }: Of<'mean'>) {
  const { sample, median, ...rest } = valuesForMean({ ...plan, ...(plannedN !== undefined && { plannedN }) });
  return { n: finite(sample), medianN: finite(median), ...rest, ...duration(sample, perSecond) };
}

function quantilePlan({ perSecond, plannedN, ...plan }: Of<'quantile'>) {
  const n = valuesForQuantile({ ...plan, ...(plannedN !== undefined && { plannedN }) });
  return { n: finite(n), ...duration(n, perSecond) };
}

export const planCalculations: Record<string, Calculation> = {
  plan: calculation(
    {
      about: 'how much data a claim needs, how long that takes, and the minimum for any test',
      input:
        '{metric?: "counts", direction, marginRatio, expectedRatio?: 1, share?: 0.5, alpha?: 0.05, power?: 0.8, baselineRate?, perSecond?: units (events without baselineRate)} | {metric: "proportion", control, treatment, share?, alpha?, power?, perSecond?} | {metric: "mean", sd, expected, null?: 0, plannedN?, share?, alpha?, power?, perSecond?} | {metric: "quantile", quantile, logSd, expectedRatio, ratio?: 1, plannedN?, share?, alpha?, perSecond?}',
      schema: planInput,
    },
    (given) => {
      switch (given.metric) {
        case 'counts':
          return countsPlan(given);
        case 'proportion':
          return {
            limits: proportionLimits(given.control, given.treatment, given),
            ...duration(proportionLimits(given.control, given.treatment, given).information, given.perSecond),
          };
        case 'mean':
          return meanPlan(given);
        case 'quantile':
          return quantilePlan(given);
      }
    },
  ),
};
