import { metricKind } from '../../metrics/kinds.ts';
import { SCALES } from '../../metrics/scale.ts';
import type { End, Experiment } from '../definition/experiment.ts';
import { goalOf, type Look, type MetricResult } from './look.ts';

/** Maximum consecutive looks that cannot be evaluated before the run aborts: it must not go on unwatched. */
const MAX_MISSED_LOOKS = 2;

export interface Situation {
  experiment: Experiment;
  /** The latest look that could be evaluated; undefined before the first. */
  look: Look | undefined;
  elapsedMs: number;
  /** Looks in a row, up to now, that could not be evaluated, and why the last one could not. */
  missed: number;
  missedBecause?: string;
}

/**
 * What follows from a look: the end of the run, or undefined to go on.
 *
 * The hypothesis is that the goal holds and no guardrail is harmed, so a harmed guardrail refutes it, and at once: safety
 * comes before the goal. A sample-ratio mismatch voids all evidence and comes first. The maximum duration comes last,
 * so that evidence which arrives with it still counts.
 */
export function decide(situation: Situation): End | undefined {
  const { experiment, look, elapsedMs, missed, missedBecause } = situation;
  if (look) {
    const end = endOf(look);
    if (end) return end;
  }
  if (missed > MAX_MISSED_LOOKS) {
    const why = missedBecause === undefined ? '' : ` (${missedBecause})`;
    return {
      verdict: 'invalid',
      decision: 'abort',
      reason: `the guardrails could not be evaluated ${missed} times in a row${why}`,
    };
  }
  if (elapsedMs < experiment.maxDurationMs) return undefined;
  return { verdict: 'undecided', decision: 'conclude', reason: undecidedBecause(experiment, look) };
}

function endOf(look: Look): End | undefined {
  const { mismatch, control, treatment, share } = look.sampleRatio;
  if (mismatch) {
    const reason = `sample ratio mismatch: ${control} units in control and ${treatment} in treatment do not fit a share of ${percent(share)}`;
    return { verdict: 'invalid', decision: 'abort', reason };
  }
  const harmed = look.metrics.find(({ role, state }) => role === 'guardrail' && state === 'harmed');
  if (harmed) return { verdict: 'refuted', decision: 'abort', reason: harmedBecause(harmed) };
  const goal = goalOf(look);
  if (goal.state === 'refuted') {
    return {
      verdict: 'refuted',
      decision: 'conclude',
      reason: `${goal.label} is worse than the margin: ${effectOf(goal)}`,
    };
  }
  if (goal.state === 'supported') {
    return {
      verdict: 'supported',
      decision: 'conclude',
      reason: `${goal.label} held: ${effectOf(goal)}, no guardrail harmed`,
    };
  }
  return undefined;
}

function harmedBecause({ label, evidence }: MetricResult): string {
  const { logEHarm } = evidence.claims;
  const odds = logEHarm > 20 ? 'over a billion' : String(Math.round(Math.exp(logEHarm)));
  return `guardrail ${label} is harmed: ${evidence.text} (evidence ${odds} to 1)`;
}

function effectOf({ evidence, scale, margin }: MetricResult): string {
  return SCALES[scale].text(evidence.effect(), margin);
}

function undecidedBecause({ maxDurationMs, goal: { metric } }: Experiment, look: Look | undefined): string {
  const time = `no verdict within ${Math.round(maxDurationMs / 1000)} s`;
  const kind = metricKind(metric);
  const goal = look && goalOf(look);
  if (!goal || goal.evidence.seen === 0) return `${time}: no unit had ${kind.occurrence(metric)}`;
  const more = (goal.evidence.needed() ?? 0) - goal.evidence.seen;
  const missing = more > 0 ? `, about ${more} more ${kind.counted} are needed if nothing changes` : '';
  return `${time}: ${goal.label} ${effectOf(goal)}${missing}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
