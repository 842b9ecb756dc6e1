import { z } from 'zod';
import { logEvidence, ratioBounds } from '../../../stats/counts/counts.ts';
import { confidenceSequence } from '../../../stats/counts/proportion.ts';
import { logMismatch } from '../../../stats/counts/srm.ts';
import { alpha, type Calculation, calculation, direction, finite, logOf, pOf } from './calculation.ts';

/** The default of this calculation. The claims of a verdict have priors of their own (`verdict`). */
const DEFAULT_SCALES = [0.3, 1.2];

export const countStages = z
  .array(z.strictObject({ control: z.number(), treatment: z.number(), share: z.number() }))
  .min(1);

export const countCalculations: Record<string, Calculation> = {
  counts: calculation(
    {
      about: 'the ratio of two rates, from event counts (exact)',
      input:
        '{stages: [{control, treatment, share}], scales?: [0.3, 1.2], nullLogRatio?: 0, direction?: "up"|"down", alpha?: 0.05}',
      schema: z.strictObject({
        stages: countStages,
        scales: z.array(z.number()).min(1).default(DEFAULT_SCALES),
        nullLogRatio: z.number().default(0),
        direction: direction.default('up'),
        alpha,
      }),
    },
    (given) => {
      const { alpha, scales } = given;
      const { ratio, low, high } = ratioBounds(given.stages, { alpha, scales: { up: scales, down: scales } });
      const logE = logEvidence(given.stages, given);
      return {
        logE,
        p: pOf(logE),
        ratio: finite(ratio),
        logRatioConfidenceSequence: [logOf(low), logOf(high)],
      };
    },
  ),
  proportion: calculation(
    {
      about: 'one rate, from events of n (exact)',
      input: '{events, n, alpha?: 0.05, plannedN?: 1000}',
      schema: z.strictObject({
        events: z.number(),
        n: z.number(),
        alpha,
        plannedN: z.number().default(1_000),
      }),
    },
    ({ alpha, plannedN, ...observed }) => ({
      rate: finite(observed.events / observed.n),
      confidenceSequence: confidenceSequence(observed, { alpha, tOpt: plannedN }),
    }),
  ),
  srm: calculation(
    {
      about: 'sample-ratio mismatch: were units assigned in the intended shares? (exact)',
      input: '{stages: [{counts: […], shares: […]}], k?: [20, 300, 10000], prior?: […], carry?: false}',
      schema: z.strictObject({
        stages: z.array(z.strictObject({ counts: z.array(z.number()), shares: z.array(z.number()) })).min(1),
        k: z.union([z.number(), z.array(z.number()).min(1)]).optional(),
        prior: z.array(z.number()).optional(),
        carry: z.boolean().optional(),
      }),
    },
    ({ stages, k, prior, carry }) => {
      const logE = logMismatch(stages, {
        ...(k !== undefined && { k }),
        ...(prior && { prior }),
        carry: carry ?? false,
      });
      return { logE, p: pOf(logE) };
    },
  ),
};
