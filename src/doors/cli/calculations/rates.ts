import { z } from 'zod';
import { ROBUST_SCALES } from '../../../stats/counts/counts.ts';
import { eventsWeightOf, evidenceOf, ratioBounds } from '../../../stats/counts/rates.ts';
import { alpha, type Calculation, calculation, direction, finite, logOf } from './calculation.ts';

const arm = z.strictObject({ events: z.number(), units: z.number() });

export const rateStages = z.array(z.strictObject({ control: arm, treatment: arm, share: z.number() })).min(1);

/** What is fixed before the first look. */
export const ratePlan = { baseRate: z.number().optional(), eventsWeight: z.number().optional() };

export const rateCalculations: Record<string, Calculation> = {
  rates: calculation(
    {
      about: 'the ratio of two rates, from units with the event and without (exact, for common events too)',
      input:
        '{stages: [{control: {events, units}, treatment: {events, units}, share}], baseRate?, eventsWeight?, scales?: […], nullLogRatio?: 0, direction?: "up"|"down", alpha?: 0.05}',
      schema: z.strictObject({
        stages: rateStages,
        ...ratePlan,
        scales: z
          .array(z.number())
          .min(1)
          .default([...ROBUST_SCALES]),
        nullLogRatio: z.number().default(0),
        direction: direction.default('up'),
        alpha,
      }),
    },
    ({ stages, alpha, scales, baseRate, eventsWeight, ...question }) => {
      const plan = { baseRate, eventsWeight };
      const { ratio, low, high } = ratioBounds(stages, {
        alpha,
        scales: { up: scales, down: scales },
        ...plan,
      });
      return {
        ...evidenceOf(stages, { ...question, scales, ...plan }),
        eventsWeight: eventsWeightOf(plan),
        needed: Math.log(1 / alpha),
        ratio: finite(ratio),
        logRatioConfidenceSequence: [logOf(low), logOf(high)],
      };
    },
  ),
};
