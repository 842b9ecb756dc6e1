import { DEFAULT_ENVIRONMENT } from '../../../sdk/src/core/environment.ts';
import type { EventsEngine } from '../../engines/events/engine.ts';
import { within } from '../../lib/within.ts';
import { judgedAfterMs, metricKind } from '../../metrics/kinds.ts';
import type { Experiment, Run } from '../definition/experiment.ts';
import { countInvocations, countUnits, readRecent } from './plan-queries.ts';
import type { Facts } from './readiness.ts';

export interface FactSources {
  store: { running(): Promise<Run[]> };
  events: EventsEngine;
  /** Whether the compute engine has a function of this name. */
  functionExists(name: string): Promise<boolean>;
}

/** A check that takes longer is unknown: preparedness must not hold up a start, milliseconds. */
const MAX_FACT_MS = 3_000;
const TELEMETRY_SECONDS = 60;

export interface Known {
  facts: Facts;
  /** How many of what the goal counts are needed if the treatment changes nothing; null when nobody can tell. */
  needed: number | null;
  /** How many there are at present, per second; null without any. */
  perSecond: number | null;
}

/** What can be found out now; a question that fails leaves its fact unknown. */
export async function readFacts(
  { store, events, functionExists }: FactSources,
  experiment: Experiment,
): Promise<Known> {
  const { function: target, goal, guardrails, slice, alpha } = experiment;
  const [exists, spans, recent, running, ...units] = await Promise.all([
    orUnknown(functionExists(target)),
    orUnknown(countInvocations(events, DEFAULT_ENVIRONMENT, target, TELEMETRY_SECONDS)),
    orUnknown(readRecent(events, DEFAULT_ENVIRONMENT, goal.metric, target)),
    orUnknown(store.running()),
    ...guardrails.map(({ metric }) =>
      orUnknown(countUnits(events, DEFAULT_ENVIRONMENT, metricKind(metric).functionOf(metric) ?? target)),
    ),
  ]);
  const active = running?.find((run) => run.experiment.function === target);
  const asked = { margin: goal.margin, alpha, share: slice.share };
  const needed = metricKind(goal.metric).needed(goal.metric, asked, recent);
  const perSecond = recent?.perSecond ?? null;
  const waitSeconds = (judgedAfterMs(goal.metric) ?? 0) / 1000;
  const expected = perSecond === null || needed === null ? null : needed / perSecond + waitSeconds;
  const facts: Facts = {
    functionExists: exists,
    spansLastMinute: spans,
    goalUnits: recent?.units,
    guardrailUnits: units,
    activeRun: running && (active ? { runId: active.runId, experiment: active.experiment.name } : null),
    expectedSeconds: recent && expected,
  };
  return { facts, needed, perSecond };
}

function orUnknown<Fact>(fact: Promise<Fact>): Promise<Fact | undefined> {
  return within(MAX_FACT_MS, 'a check', fact).catch(() => undefined);
}
