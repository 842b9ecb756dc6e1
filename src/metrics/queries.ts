import type { EventsEngine } from '../engines/events/engine.ts';
import { type ArmRow, type RunTotals, runTotals } from './arms.ts';
import { compileLook, type Scope } from './compile.ts';
import type { Metric } from './metric.ts';

/** Totals for every metric of a run, per stage and arm. Throws what the events engine throws. */
export async function readRunTotals(
  events: EventsEngine,
  metrics: readonly Metric[],
  stages: number,
  scope: Scope,
): Promise<RunTotals> {
  const { sql, parameters } = compileLook(metrics, scope);
  return runTotals(await events.query<ArmRow>(sql, parameters), metrics.length, stages);
}
