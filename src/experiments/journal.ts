import { showTreatment } from '../treatments/kinds.ts';
import type { End, Experiment } from './definition/experiment.ts';
import type { PlanView } from './schema.ts';

/** What happened in a run. `treatment-withdrawn` is written after the fact: withdrawing never waits for the journal,
 * and the journal waits until it is confirmed. */
type EntryKind =
  | 'started'
  | 'readiness'
  | 'treatment-applied'
  | 'units-exposed'
  | 'cannot-evaluate'
  | 'evaluated-again'
  | 'guardrail-harmed'
  | 'abort-requested'
  | 'abort-by-restart'
  | 'withdrawal-unconfirmed'
  | 'treatment-withdrawn'
  | 'verdict'
  | 'ended'
  | 'finding';

export interface Entry {
  kind: EntryKind;
  /** One line for a person. */
  text: string;
  detail?: Record<string, unknown>;
}

const PLURALS = { person: 'people', session: 'sessions', request: 'requests' };

export function startedEntry({ hypothesis, function: target, name }: Experiment, startedBy: string): Entry {
  return {
    kind: 'started',
    text: `started by ${startedBy} on ${target}: ${hypothesis}`,
    detail: { experiment: name, function: target },
  };
}

export function appliedEntry(experiment: Experiment): Entry {
  const { treatment, slice } = experiment;
  const shown = showTreatment(treatment, experiment.function);
  const share = Number((slice.share * 100).toPrecision(3));
  return {
    kind: 'treatment-applied',
    text: `${shown.text} for ${share} % of ${PLURALS[slice.unit]}`,
    detail: { treatment: shown, ...slice },
  };
}

/** The checks of preparedness before the run. */
export function readinessEntry(checks: PlanView['checks']): Entry {
  const open = checks.filter(({ state }) => state !== 'pass');
  const list = open.map(({ check, detail }) => `${check}: ${detail}`).join('; ');
  return {
    kind: 'readiness',
    text:
      open.length === 0
        ? `all ${checks.length} checks of preparedness pass`
        : `${checks.length - open.length} of ${checks.length} checks of preparedness pass; not: ${list}`,
    detail: { checks },
  };
}

export function exposedEntry(units: number): Entry {
  return { kind: 'units-exposed', text: `first units met their arm: ${units}`, detail: { units } };
}

export function cannotEvaluateEntry(why: string): Entry {
  return {
    kind: 'cannot-evaluate',
    text: `cannot evaluate the guardrails (${why}): the treatment is not renewed`,
  };
}

export function evaluatedAgainEntry(missed: number): Entry {
  return {
    kind: 'evaluated-again',
    text: `the guardrails can be evaluated again after ${missed} missed looks`,
  };
}

export function abortRequestedEntry(by: string, reason: string): Entry {
  return { kind: 'abort-requested', text: `${by} aborts the run: ${reason}`, detail: { by } };
}

export function unconfirmedEntry(error: unknown): Entry {
  const why = error instanceof Error ? error.message : String(error);
  return {
    kind: 'withdrawal-unconfirmed',
    text: `the withdrawal of the treatment is not confirmed (${why}): retrying`,
  };
}

/** Entries of a run's end in chronological order. `withdrawnAt` is when the withdrawal was confirmed. */
export function endEntries({ verdict, decision, reason }: End, withdrawnAt: Date): Entry[] {
  const harmed = decision === 'abort' && verdict === 'refuted';
  return [
    ...(harmed ? [{ kind: 'guardrail-harmed' as const, text: reason }] : []),
    {
      kind: 'treatment-withdrawn',
      text: 'the treatment is withdrawn',
      detail: { confirmedAt: withdrawnAt.toISOString() },
    },
    { kind: 'verdict', text: `verdict ${verdict}: ${reason}`, detail: { verdict } },
    { kind: 'ended', text: `ended, decision: ${decision}`, detail: { decision } },
  ];
}

export const RESTARTED: End = {
  verdict: 'undecided',
  decision: 'abort',
  reason: 'the control room restarted; the run was not watched meanwhile, so its treatment is withdrawn',
};

export const STOPPED: End = {
  verdict: 'undecided',
  decision: 'abort',
  reason: 'the control room stopped',
};

export function restartedEntry(): Entry {
  return { kind: 'abort-by-restart', text: RESTARTED.reason };
}

export function findingEntry(change: string, findingId: string): Entry {
  return { kind: 'finding', text: `finding ${change}`, detail: { findingId, change } };
}
