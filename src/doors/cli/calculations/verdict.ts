import { z } from 'zod';
import { discoveries, logMeanEvidence } from '../../../stats/combine.ts';
import * as counts from '../../../stats/counts/counts.ts';
import * as rates from '../../../stats/counts/rates.ts';
import * as mean from '../../../stats/means/mean.ts';
import * as quantile from '../../../stats/quantiles/quantile.ts';
import {
  type Bounds,
  boundScales,
  burnedIn,
  type ClaimEvidence,
  latchGuardrail,
  latchHypothesis,
  narrowed,
  type Reached,
  weighCounts,
  weighMeans,
  weighQuantiles,
  weighRates,
} from '../../../stats/verdict.ts';
import {
  alpha,
  badInput,
  type Calculation,
  calculation,
  direction,
  finite,
  pOf,
  withMetric,
} from './calculation.ts';
import { countStages } from './counts.ts';
import { arm, armSummary } from './mean.ts';
import { distribution, quantileStages, quantileTuning } from './quantile.ts';
import { ratePlan, rateStages } from './rates.ts';

/** One look at all stages, or several looks in order. */
function looked<Stages extends z.ZodType>(stages: Stages) {
  return {
    stages: stages.optional(),
    looks: z.array(z.strictObject({ stages })).min(1).optional(),
    direction,
    alpha,
  };
}

const stagesOfArms = <Arm extends z.ZodType>(each: Arm) =>
  z.array(z.strictObject({ control: each, treatment: each })).min(1);

const verdictInput = withMetric(
  z.discriminatedUnion('metric', [
    z.strictObject({ metric: z.literal('counts'), ...looked(countStages), marginRatio: z.number() }),
    z.strictObject({
      metric: z.literal('rates'),
      ...looked(rateStages),
      ...ratePlan,
      marginRatio: z.number(),
    }),
    z.strictObject({
      metric: z.literal('mean'),
      ...looked(stagesOfArms(arm)),
      margin: z.number().default(0),
      scale: z.enum(['difference', 'logRatio']).default('difference'),
      plannedN: z.number().default(mean.PLANNED_N),
    }),
    z.strictObject({
      metric: z.literal('quantile'),
      ...looked(stagesOfArms(distribution)),
      marginRatio: z.number(),
      quantile: z.number(),
      plannedN: z.number().optional(),
    }),
  ]),
);

interface Weighed {
  evidence: ClaimEvidence;
  bounds: Bounds;
}

/** The verdict after all looks: claims latch, and bounds only narrow from look to look. */
function verdictOf<Stages>(
  {
    stages,
    looks,
    alpha,
  }: { stages?: Stages | undefined; looks?: { stages: Stages }[] | undefined; alpha: number },
  weigh: (stages: Stages) => Weighed,
) {
  if ((stages === undefined) === (looks === undefined)) throw badInput('give either stages or looks');
  let hypothesis: Reached<{ look: number }> | undefined;
  let harm: Reached<{ look: number }> | undefined;
  let bounds: Bounds = { low: null, high: null };
  let evidence: ClaimEvidence = { logESupported: 0, logERefuted: 0, logEHarm: 0 };
  for (const [look, each] of (looks ?? [{ stages: stages as Stages }]).entries()) {
    const weighed = weigh(each.stages);
    evidence = weighed.evidence;
    bounds = narrowed(bounds, weighed.bounds);
    hypothesis = latchHypothesis(hypothesis, evidence, alpha, { look });
    harm = latchGuardrail(harm, evidence, alpha, { look });
  }
  const needed = Math.log(1 / alpha);
  const reached = (claim: Reached<{ look: number }> | undefined) =>
    claim ? { state: claim.state, logE: claim.logE, ...claim.snapshot } : null;
  return {
    ...evidence,
    needed,
    supported: evidence.logESupported >= needed,
    refuted: evidence.logERefuted >= needed,
    harmed: evidence.logEHarm >= needed,
    state: hypothesis?.state ?? 'open',
    reached: reached(hypothesis),
    harm: reached(harm),
    confidenceSequence: [finite(bounds.low), finite(bounds.high)],
  };
}

function meanWeigher(given: Extract<z.output<typeof verdictInput>, { metric: 'mean' }>) {
  return (stages: z.output<ReturnType<typeof stagesOfArms<typeof arm>>>): Weighed => {
    const arms = stages.map(({ control, treatment }) => ({
      control: armSummary(control),
      treatment: armSummary(treatment),
    }));
    const estimate = mean.estimateOf(arms.filter(burnedIn), given.scale);
    const bound = (way: 'up' | 'down') =>
      mean.confidenceSequence(estimate, {
        alpha: given.alpha,
        plannedN: given.plannedN,
        sides: 1,
        direction: way,
      });
    return { evidence: weighMeans(arms, given), bounds: { low: bound('up')[0], high: bound('down')[1] } };
  };
}

export const verdictCalculations: Record<string, Calculation> = {
  verdict: calculation(
    {
      about: 'the claims on one metric (supported, refuted, harm) after one look or several',
      input:
        '{metric?: "counts", stages: [{control, treatment, share}], direction, marginRatio, alpha?: 0.05} | {metric: "rates", stages: [{control: {events, units}, treatment: {events, units}, share}], direction, marginRatio, baseRate?, eventsWeight?, alpha?} | {metric: "mean", stages: [{control, treatment}], direction, margin?: 0, scale?, plannedN?: 5000, alpha?} | {metric: "quantile", stages: [{control, treatment}], direction, marginRatio, quantile, plannedN?, alpha?}; looks: [{stages}] may replace stages',
      schema: verdictInput,
    },
    (given) => {
      if (given.metric === 'rates') {
        const { alpha, baseRate, eventsWeight } = given;
        const plan = { baseRate, eventsWeight };
        return verdictOf(given, (stages) => ({
          evidence: weighRates(stages, given, plan),
          bounds: rates.ratioBounds(stages, { alpha, scales: boundScales(given), ...plan }),
        }));
      }
      if (given.metric === 'mean') return verdictOf(given, meanWeigher(given));
      if (given.metric === 'quantile') {
        const { direction, marginRatio } = given;
        const tuning = quantileTuning(given);
        return verdictOf(given, (stages) => {
          const comparison = quantile.comparisonOf(quantileStages(stages));
          return {
            evidence: weighQuantiles(comparison, { ...tuning, direction, marginRatio }),
            bounds: quantile.ratioBounds(comparison, { ...tuning, alpha: given.alpha }),
          };
        });
      }
      return verdictOf(given, (stages) => ({
        evidence: weighCounts(stages, given),
        bounds: counts.ratioBounds(stages, { alpha: given.alpha, scales: boundScales(given) }),
      }));
    },
  ),
  combine: calculation(
    {
      about: 'several e-values together: the mean evidence, and the null hypotheses that e-BH rejects',
      input: '{logE: […], alpha?: 0.05, weights?: […]}',
      schema: z.strictObject({
        logE: z.array(z.number()).min(1),
        alpha,
        weights: z.array(z.number()).optional(),
      }),
    },
    ({ logE, alpha, weights }) => {
      const mean = logMeanEvidence(logE, weights);
      return { logMeanE: mean, p: pOf(mean), rejected: discoveries(logE, alpha) };
    },
  ),
};
