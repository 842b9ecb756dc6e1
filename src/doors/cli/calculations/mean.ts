import { z } from 'zod';
import { adjust } from '../../../stats/means/cuped.ts';
import {
  confidenceSequence,
  estimateOf,
  logEvidence,
  type MeanQuestion,
  PLANNED_N,
  type Scale,
  type StageMeans,
} from '../../../stats/means/mean.ts';
import { summarise } from '../../../stats/means/moments.ts';
import { ratioSummary } from '../../../stats/means/ratio.ts';
import { logEvidence as coefficientEvidence, optimalG, radius } from '../../../stats/means/regression.ts';
import {
  alpha,
  type Calculation,
  calculation,
  direction,
  finite,
  pOf,
  sides,
  staged,
  stagesOf,
} from './calculation.ts';

const TUNING =
  'plannedN?: 5000, alpha?: 0.05, sides?: 2, direction?: "up"|"down", null?: 0, scale?: "difference"|"logRatio"';

const tuning = {
  plannedN: z.number().default(PLANNED_N),
  alpha,
  sides: sides.default(2),
  direction: direction.default('up'),
  null: z.number().default(0),
  scale: z.enum(['difference', 'logRatio']).default('difference'),
};

/** An arm: its summary, or its values. */
export const arm = z.union([
  z.strictObject({
    n: z.number(),
    mean: z.number(),
    variance: z.number(),
    nonZero: z.number().optional(),
    nonOne: z.number().optional(),
  }),
  z.strictObject({ values: z.array(z.number()) }),
]);

export function armSummary(given: z.output<typeof arm>) {
  if ('values' in given) {
    const { values } = given;
    return {
      ...summarise(values),
      nonZero: values.filter((value) => value !== 0).length,
      nonOne: values.filter((value) => value !== 1).length,
    };
  }
  const { nonZero, nonOne, ...summary } = given;
  return { ...summary, ...(nonZero !== undefined && { nonZero }), ...(nonOne !== undefined && { nonOne }) };
}

function compared(stages: readonly StageMeans[], { scale, ...question }: MeanQuestion & { scale: Scale }) {
  const estimate = estimateOf(stages, scale);
  const logE = logEvidence(estimate, question);
  return {
    difference: estimate?.difference ?? null,
    standardError: estimate ? Math.sqrt(estimate.variance) : null,
    confidenceSequence: confidenceSequence(estimate, question),
    logE,
    p: pOf(logE),
  };
}

const unitSums = z.strictObject({
  units: z.number(),
  e: z.number(),
  n: z.number(),
  ee: z.number(),
  nn: z.number(),
  en: z.number(),
});

const pairSummary = z.strictObject({
  n: z.number(),
  meanX: z.number(),
  meanY: z.number(),
  varianceX: z.number(),
  varianceY: z.number(),
  covariance: z.number(),
});

export const meanCalculations: Record<string, Calculation> = {
  mean: calculation(
    {
      about: 'the difference of two means (asymptotic)',
      input: `{control: {n, mean, variance}, treatment: {…}, ${TUNING}}; an arm may be {values: […]}, and stages: [{control, treatment}] may replace the two arms`,
      schema: z.strictObject({ ...staged(arm), ...tuning }),
    },
    (given) =>
      compared(
        stagesOf(given).map(({ control, treatment }) => ({
          control: armSummary(control),
          treatment: armSummary(treatment),
        })),
        given,
      ),
  ),
  ratio: calculation(
    {
      about: 'ratio metrics and clustered events, from sums over units (delta method)',
      input: `{control: {units, e, n, ee, nn, en}, treatment: {…}, ${TUNING}}; e and n are Σ numerator and Σ denominator, ee, nn, en the sums of their squares and products`,
      schema: z.strictObject({ ...staged(unitSums), ...tuning }),
    },
    (given) =>
      compared(
        stagesOf(given).map(({ control, treatment }) => ({
          control: ratioSummary(control, 'control'),
          treatment: ratioSummary(treatment, 'treatment'),
        })),
        given,
      ),
  ),
  cuped: calculation(
    {
      about: 'the difference of two means, adjusted for a covariate from before the exposure (CUPED)',
      input: `{control: {n, meanX, meanY, varianceX, varianceY, covariance}, treatment: {…}, ${TUNING}}; x is the covariate`,
      schema: z.strictObject({ ...staged(pairSummary), ...tuning }),
    },
    (given) => {
      const { theta, stages } = adjust(stagesOf(given));
      return { theta, ...compared(stages, given) };
    },
  ),
  regression: calculation(
    {
      about: 'one coefficient of a linear model with k coefficients, fitted to n rows',
      input: '{estimate, standardError, n, k, alpha?: 0.05, plannedN?: 5000, g?: the best for plannedN}',
      schema: z.strictObject({
        estimate: z.number(),
        standardError: z.number().positive(),
        n: z.number(),
        k: z.number(),
        alpha,
        plannedN: z.number().default(PLANNED_N),
        g: z.number().optional(),
      }),
    },
    ({ estimate, standardError, n, k, alpha, plannedN, g: given }) => {
      const fit = { n, k };
      const g = given ?? optimalG({ n: plannedN, k }, alpha);
      const half = radius(fit, alpha, g) * standardError;
      const logE = coefficientEvidence(estimate / standardError, fit, g);
      return {
        g,
        confidenceSequence: [finite(estimate - half), finite(estimate + half)],
        logE,
        p: pOf(logE),
      };
    },
  ),
};
