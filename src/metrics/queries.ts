import type { EventsEngine } from '../engines/events/engine.ts';
import type { ArmRow } from './arms.ts';
import { compileCrossed, compileExposures, compileMetric, type Scope } from './compile.ts';
import type { Metric } from './definition.ts';

/** What one look may cost: it fails rather than slow the engine down. */
const LIMITS = ' SETTINGS max_execution_time = 5, max_memory_usage = 1000000000';

/** Units, and units with the metric's event, per arm and stage. Throws what the events engine throws. */
export function countMetric(events: EventsEngine, metric: Metric, scope: Scope): Promise<ArmRow[]> {
  const { sql, parameters } = compileMetric(metric, scope);
  return events.query<ArmRow>(sql + LIMITS, parameters);
}

/** Exposed units per arm and stage. */
export function countExposures(events: EventsEngine, scope: Scope): Promise<ArmRow[]> {
  const { sql, parameters } = compileExposures(scope);
  return events.query<ArmRow>(sql + LIMITS, parameters);
}

/** Units that were seen in two arms of the run; they are in none of the other counts. */
export async function countCrossed(events: EventsEngine, scope: Scope): Promise<number> {
  const { sql, parameters } = compileCrossed(scope);
  const [row] = await events.query<{ units: number }>(sql + LIMITS, parameters);
  return row?.units ?? 0;
}
