import type { LookView, MetricLook } from '../../../../../src/experiments/schema.ts';

/** The probability that an event falls into treatment, if the ratio of the rates were `ratio`. */
export function treatmentProbability(share: number, ratio: number): number {
  const odds = (share / (1 - share)) * ratio;
  return odds / (1 + odds);
}

/** A line for a shell that computes everything that is shown of one metric anew. */
export function verdictCommand({ question }: Pick<MetricLook, 'question'>): string {
  return line(question.calculation, question.input);
}

/** The same for the evidence of a sample-ratio mismatch. */
export function sampleRatioCommand({ stages }: LookView['sampleRatio']): string {
  return line('srm', {
    stages: stages.map(({ control, treatment, share }) => ({
      counts: [control, treatment],
      shares: [1 - share, share],
    })),
  });
}

function line(calculation: string, question: object): string {
  return `echo '${JSON.stringify(question)}' | npx upstack stats ${calculation} --json`;
}
