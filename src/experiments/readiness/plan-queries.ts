/** What a plan asks of the last minutes. */
import type { Environment } from '../../../sdk/src/core/environment.ts';
import type { EventsEngine } from '../../engines/events/engine.ts';
import { metricKind } from '../../metrics/kinds.ts';
import type { Metric, Recent } from '../../metrics/metric.ts';
import { source } from '../../signals/source.ts';
import { traces } from '../../signals/traces/table.ts';

const LIMITS = 'SETTINGS max_execution_time = 10, max_memory_usage = 1000000000';
const RECENT_SECONDS = 600;
/** Events of the last moments alone make no rate. */
const MIN_SPAN_SECONDS = 10;
const functionUnits = (environment: Environment): string => `SELECT Unit FROM ${source(traces, environment)}
  WHERE Timestamp >= now() - {seconds:UInt32} AND FaasName = {function:String} AND Unit != ''`;

/** Invocations of the function with telemetry in the last `seconds`. */
export async function countInvocations(
  events: EventsEngine,
  environment: Environment,
  functionName: string,
  seconds: number,
): Promise<number> {
  const [row] = await events.query<{ spans: number }>(
    `SELECT toUInt32(count()) AS spans FROM ${source(traces, environment)}
     WHERE Timestamp >= now() - {seconds:UInt32} AND FaasName = {function:String} ${LIMITS}`,
    { function: functionName, seconds },
  );
  return row?.spans ?? 0;
}

/** Units of the function that were seen in the last ten minutes. */
export async function countUnits(
  events: EventsEngine,
  environment: Environment,
  functionName: string,
): Promise<number> {
  const [row] = await events.query<{ units: number }>(
    `SELECT toUInt32(uniqExact(Unit)) AS units FROM (${functionUnits(environment)}) ${LIMITS}`,
    { function: functionName, seconds: RECENT_SECONDS },
  );
  return row?.units ?? 0;
}

/** What units of the function did on the metric in the last ten minutes. */
export async function readRecent(
  events: EventsEngine,
  environment: Environment,
  metric: Metric,
  functionName: string,
): Promise<Recent> {
  const { sql, parameters } = metricKind(metric).recent(metric);
  const [row] = await events.query<{
    units: number;
    span: number;
    mean: number | null;
    deviation: number | null;
  }>(
    `SELECT toUInt32(count()) AS units, toFloat64(now64(3)) - toFloat64(min(first)) AS span,
       avg(value) AS mean, stddevSamp(value) AS deviation
     FROM (${sql({ units: functionUnits(environment), environment })}) ${LIMITS}`,
    { function: functionName, seconds: RECENT_SECONDS, ...parameters },
  );
  if (!row || row.units === 0) return { units: 0, perSecond: null, mean: null, deviation: null };
  const { units, span, mean, deviation } = row;
  return { units, perSecond: units / Math.max(MIN_SPAN_SECONDS, span), mean, deviation };
}
