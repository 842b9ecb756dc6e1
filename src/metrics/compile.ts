import { type Metric, SETTLE_MS } from './definition.ts';

/** Whose units are counted, and as of when. */
export interface Scope {
  run: string;
  startedAtMs: number;
  /** Now; units are judged by the age that their exposure has at this moment. */
  atMs: number;
  /** By how much the treatment itself delays a record, milliseconds; both arms then wait for it. */
  delayMs: number;
}

/** One SELECT with its parameters. */
export interface Statement {
  sql: string;
  parameters: Record<string, unknown>;
}

const SINCE = "fromUnixTimestamp64Milli({since:Int64}, 'UTC')";
const JUDGED = "fromUnixTimestamp64Milli({judged:Int64}, 'UTC')";
/** A call that was on its way when the run began may end in it. */
const BEFORE_START_MS = 60_000;

/**
 * A run's units with their arm, stage and first exposure. A unit that was ever seen in two arms belongs to neither; the
 * exposures table keeps only one arm per unit, so the spans of the run tell.
 */
const UNITS = `
  SELECT Unit, min(Arm) AS arm, min(Stage) AS stage, min(FirstExposure) AS exposed
  FROM upstack.exposures
  WHERE Run = {run:String} AND Unit != '' AND Unit NOT IN (${crossed('Unit')})
  GROUP BY Unit`;

function crossed(select: string): string {
  return `
    SELECT ${select} FROM upstack.otel_traces
    WHERE Run = {run:String} AND Exposed AND Timestamp >= ${SINCE}
    GROUP BY Unit HAVING uniqExact(Arm) > 1`;
}

/** Counts of distinct exposed units per arm and stage that both arms had time to report: what the share is checked on. */
export function compileExposures(scope: Scope): Statement {
  return {
    sql: `SELECT arm, toUInt32(stage) AS stage, toUInt32(count()) AS units, 0 AS events
      FROM (${UNITS}) WHERE exposed <= ${JUDGED} GROUP BY arm, stage`,
    parameters: { ...bounds(scope), judged: scope.atMs - SETTLE_MS - scope.delayMs },
  };
}

/** How many units were seen in two arms and are therefore left out. */
export function compileCrossed(scope: Scope): Statement {
  return { sql: `SELECT toUInt32(count()) AS units FROM (${crossed('Unit')})`, parameters: bounds(scope) };
}

/** Counts of units, and of units with the metric's event, per arm and stage. */
export function compileMetric(metric: Metric, scope: Scope): Statement {
  return metric.name === 'conversion' ? conversion(metric, scope) : errorRate(metric, scope);
}

function conversion(metric: Metric & { name: 'conversion' }, scope: Scope): Statement {
  return {
    sql: `SELECT arm, toUInt32(stage) AS stage, toUInt32(count()) AS units,
        toUInt32(countIf(arrayExists(t -> t >= exposed AND t <= exposed + toIntervalMillisecond({within:UInt32}), times)))
          AS events
      FROM (${UNITS}) AS units
      LEFT JOIN (
        SELECT unit, groupArray(ts) AS times FROM upstack.product_events
        WHERE event = {event:String} AND type = 'track' AND unit != ''
          AND day >= toDate(${SINCE}, 'UTC') AND ts >= ${SINCE}
        GROUP BY unit
      ) AS events ON units.Unit = events.unit
      WHERE exposed <= ${JUDGED}
      GROUP BY arm, stage`,
    parameters: {
      ...bounds(scope),
      event: metric.event,
      within: metric.withinMs,
      judged: scope.atMs - metric.withinMs - SETTLE_MS - scope.delayMs,
    },
  };
}

/**
 * An invocation counts when it ended after the exposure: the caller of the function that was struck began before.
 * One event per unit keeps the events independent, however often a failing client tries again.
 */
function errorRate(metric: Metric & { name: 'error-rate' }, scope: Scope): Statement {
  return {
    sql: `SELECT arm, toUInt32(stage) AS stage, toUInt32(count()) AS units, toUInt32(countIf(last >= exposed)) AS events
      FROM (${UNITS}) AS units
      LEFT JOIN (
        SELECT Unit AS unit, max(Timestamp + toIntervalNanosecond(Duration)) AS last FROM upstack.otel_traces
        WHERE Timestamp >= ${SINCE} AND IsError AND Unit != '' AND SpanKind IN ('Server', 'Consumer')
          ${metric.function === undefined ? '' : 'AND FaasName = {function:String}'}
        GROUP BY Unit
      ) AS errors ON units.Unit = errors.unit
      GROUP BY arm, stage`,
    parameters: { ...bounds(scope), ...(metric.function === undefined ? {} : { function: metric.function }) },
  };
}

function bounds({ run, startedAtMs }: Scope): Record<string, unknown> {
  return { run, since: startedAtMs - BEFORE_START_MS };
}
