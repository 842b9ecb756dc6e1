import type { EventsEngine } from '../engines/events/engine.ts';
import type { Metric } from '../metrics/definition.ts';
import { readRunCounts } from '../metrics/queries.ts';
import { delayOf, type Run } from './definition/experiment.ts';
import type { LookCounts } from './watch/look.ts';

const LIMITS = 'SETTINGS max_execution_time = 10, max_memory_usage = 1000000000';
const RECENT_SECONDS = 600;
const FUNCTION_UNITS = `SELECT Unit FROM upstack.otel_traces
  WHERE Timestamp >= now() - {seconds:UInt32} AND FaasName = {function:String} AND Unit != ''`;

/** Everything one look counts, as of `atMs`. Throws what the events engine throws. */
export async function readCounts(events: EventsEngine, run: Run, atMs: number): Promise<LookCounts> {
  const { runId, experiment, startedAt, stages } = run;
  const scope = { run: runId, startedAtMs: startedAt.getTime(), atMs, delayMs: delayOf(experiment) };
  const metrics = [experiment.goal.metric, ...experiment.guardrails.map(({ metric }) => metric)];
  const counts = await readRunCounts(events, metrics, stages.length, scope);
  const [goal = [], ...guardrails] = counts.metrics;
  return { goal, guardrails, exposures: counts.exposures, crossed: counts.crossed };
}

/** An invocation may last 15 minutes: one that began before cannot end now. */
const LONGEST_INVOCATION_MS = 900_000;
/** A function's clock may run ahead this far; what ends later than that is no proof that it is heard now. */
const CLOCK_SKEW_MS = 2_000;

/**
 * When the newest invocation of the function that can be read ended, epoch milliseconds; undefined when none began in
 * the 15 minutes before `atMs`. Throws what the events engine throws.
 */
export async function newestInvocation(
  events: EventsEngine,
  functionName: string,
  atMs: number,
): Promise<number | undefined> {
  const [row] = await events.query<{ spans: number; newest: string }>(
    `SELECT toUInt32(count()) AS spans, toString(toUnixTimestamp64Milli(max(ended))) AS newest
     FROM (
       SELECT Timestamp + toIntervalNanosecond(Duration) AS ended FROM upstack.otel_traces
       WHERE Timestamp >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') AND FaasName = {function:String}
         AND SpanKind IN ('Server', 'Consumer')
     )
     WHERE ended <= fromUnixTimestamp64Milli({until:Int64}, 'UTC') ${LIMITS}`,
    {
      function: functionName,
      since: Math.floor(atMs) - LONGEST_INVOCATION_MS,
      until: Math.floor(atMs) + CLOCK_SKEW_MS,
    },
  );
  return row && row.spans > 0 ? Number(row.newest) : undefined;
}

export interface Injections {
  count: number;
  firstAt: string | null;
  lastAt: string | null;
}

/** Invocations of the run that met the fault, and when the first and the last of them began. */
export async function readInjections(
  events: EventsEngine,
  run: Pick<Run, 'runId' | 'startedAt'>,
): Promise<Injections> {
  const [row] = await events.query<{ count: number; first: string; last: string }>(
    `SELECT toUInt32(count()) AS count, toString(toUnixTimestamp64Milli(min(Timestamp))) AS first,
       toString(toUnixTimestamp64Milli(max(Timestamp))) AS last
     FROM upstack.otel_traces
     WHERE Run = {run:String} AND Injected != '' AND Timestamp >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') ${LIMITS}`,
    { run: run.runId, since: run.startedAt.getTime() - 60_000 },
  );
  if (!row || row.count === 0) return { count: 0, firstAt: null, lastAt: null };
  const iso = (ms: string) => new Date(Number(ms)).toISOString();
  return { count: row.count, firstAt: iso(row.first), lastAt: iso(row.last) };
}

/** Invocations of the function with telemetry in the last `seconds`. */
export async function countInvocations(
  events: EventsEngine,
  functionName: string,
  seconds: number,
): Promise<number> {
  const [row] = await events.query<{ spans: number }>(
    `SELECT toUInt32(count()) AS spans FROM upstack.otel_traces
     WHERE Timestamp >= now() - {seconds:UInt32} AND FaasName = {function:String} ${LIMITS}`,
    { function: functionName, seconds },
  );
  return row?.spans ?? 0;
}

/** Units of the function that were seen in the last ten minutes. */
export async function countUnits(events: EventsEngine, functionName: string): Promise<number> {
  const [row] = await events.query<{ units: number }>(
    `SELECT toUInt32(uniqExact(Unit)) AS units FROM (${FUNCTION_UNITS}) ${LIMITS}`,
    { function: functionName, seconds: RECENT_SECONDS },
  );
  return row?.units ?? 0;
}

export interface EventRate {
  /** Units of the function with the metric's event in the last ten minutes. */
  units: number;
  /** Of them per second, over the time since the first of these events; null without any. */
  perSecond: number | null;
}

/** How often units of the function have the metric's event at present. */
export async function eventRate(
  events: EventsEngine,
  metric: Metric,
  functionName: string,
): Promise<EventRate> {
  const happened =
    metric.name === 'conversion'
      ? `SELECT unit, min(ts) AS first FROM upstack.product_events
         WHERE event = {event:String} AND type = 'track' AND day >= toDate(now('UTC') - {seconds:UInt32})
           AND ts >= now() - {seconds:UInt32} AND ts <= now64(3) AND unit IN (${FUNCTION_UNITS}) GROUP BY unit`
      : `SELECT Unit AS unit, min(Timestamp) AS first FROM upstack.otel_traces
         WHERE Timestamp >= now() - {seconds:UInt32} AND IsError AND Unit IN (${FUNCTION_UNITS}) GROUP BY Unit`;
  const [row] = await events.query<{ units: number; span: number }>(
    `SELECT toUInt32(count()) AS units, toFloat64(now64(3)) - toFloat64(min(first)) AS span
     FROM (${happened}) ${LIMITS}`,
    {
      function: functionName,
      seconds: RECENT_SECONDS,
      ...(metric.name === 'conversion' ? { event: metric.event } : {}),
    },
  );
  if (!row || row.units === 0) return { units: 0, perSecond: null };
  return { units: row.units, perSecond: row.units / Math.max(SHORTEST_SPAN_SECONDS, row.span) };
}

/** Events of the last moments alone make no rate. */
const SHORTEST_SPAN_SECONDS = 10;
