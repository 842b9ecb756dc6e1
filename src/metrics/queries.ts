import type { EventsEngine } from '../engines/events/engine.ts';
import { type ArmRow, type RunCounts, runCounts } from './arms.ts';
import { compileLook, type Scope } from './compile.ts';
import type { Metric } from './definition.ts';

/** Counts for every metric of a run, per stage and arm. Throws what the events engine throws. */
export async function readRunCounts(
  events: EventsEngine,
  metrics: readonly Metric[],
  stages: number,
  scope: Scope,
): Promise<RunCounts> {
  const { sql, parameters } = compileLook(metrics, scope);
  return runCounts(await events.query<ArmRow>(sql, parameters), metrics.length, stages);
}
