import type { LookView, MetricLook } from '../../../../src/experiments/schema.ts';

/** The probability that an event falls into treatment, if the ratio of the rates were `ratio`. */
export function treatmentProbability(share: number, ratio: number): number {
  const odds = (share / (1 - share)) * ratio;
  return odds / (1 + odds);
}

/** Lines for a shell that compute the same numbers anew from the counts. */
export interface CheckCommands {
  /** All three values at once. */
  verdict: string;
  /** The evidence for "supported" alone, with its null and its prior spelt out. */
  counts: string;
}

export function checkCommands(goal: MetricLook, { share }: LookView['sampleRatio']): CheckCommands {
  const { direction, marginRatio, alpha } = goal;
  const stages = [{ control: goal.control.events, treatment: goal.treatment.events, share }];
  const nullLogRatio = Math.log(marginRatio);
  const line = (calculation: string, question: object) =>
    `echo '${JSON.stringify(question)}' | npx upstack stats ${calculation} --json`;
  return {
    verdict: line('verdict', { stages, direction, marginRatio, alpha }),
    counts: line('counts', {
      stages,
      direction,
      nullLogRatio,
      ...(nullLogRatio === 0 ? {} : { scales: [Math.abs(nullLogRatio)] }),
      alpha,
    }),
  };
}
