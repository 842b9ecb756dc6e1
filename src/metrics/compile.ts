import { judgedAfterMs, type Metric, SETTLE_MS } from './definition.ts';

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
/** A call that was on its way when the run began may end in it. */
const BEFORE_START_MS = 60_000;
const EXPOSES = 'Run = {run:String} AND Exposed';
/** A failed call is a span too (kind Client); an invocation is of one of these kinds. */
const FAILED = "IsError AND SpanKind IN ('Server', 'Consumer')";
const ENDED = 'Timestamp + toIntervalNanosecond(Duration)';
/** What one look may cost: it fails rather than slow the engine down. */
const LIMITS = 'SETTINGS max_execution_time = 5, max_memory_usage = 1000000000';

/**
 * Counts for all metrics of a run in one pass over its time: per arm and stage the exposed units, and per metric, in
 * their order, the units that can be judged and those of them with the metric's event. Arm `both` are the units that
 * were seen in two arms; they belong to neither.
 *
 * The spans are read once, for exposures and failures together, so that every metric is about the same units.
 */
export function compileLook(metrics: readonly Metric[], scope: Scope): Statement {
  const judged = metrics.map((metric) => judgedColumn(metric, scope));
  const happened = metrics.map(happenedColumn);
  const failures = metrics.flatMap((metric, i) => failureColumn(metric, i));
  const conversions = metrics.flatMap((metric, i) => (metric.name === 'conversion' ? [{ metric, i }] : []));
  return {
    sql: `SELECT if(arm = other, arm, 'both') AS arm, toUInt32(stage) AS stage,
        toUInt32(countIf(exposed <= ${moment(scope.atMs - SETTLE_MS - scope.delayMs)})) AS exposures,
        [${judged.map((column) => `toUInt32(countIf(${column}))`).join(', ')}] AS units,
        [${judged.map((column, i) => `toUInt32(countIf(${column} AND ${happened[i]}))`).join(', ')}] AS events
      FROM (
        SELECT Unit, minIf(Arm, ${EXPOSES}) AS arm, maxIf(Arm, ${EXPOSES}) AS other, minIf(Stage, ${EXPOSES}) AS stage,
          minIf(Timestamp, ${EXPOSES}) AS exposed${failures.map((column) => `, ${column}`).join('')}
        FROM upstack.otel_traces
        WHERE Timestamp >= ${SINCE} AND Unit != '' AND ((${EXPOSES}) OR (${FAILED}))
        GROUP BY Unit HAVING countIf(${EXPOSES}) > 0
      ) AS units ${conversions.length === 0 ? '' : eventsJoin(conversions)}
      GROUP BY arm, stage ${LIMITS}`,
    parameters: {
      run: scope.run,
      since: scope.startedAtMs - BEFORE_START_MS,
      ...Object.fromEntries(metrics.flatMap(parametersOf)),
    },
  };
}

function eventsJoin(conversions: readonly { metric: Metric & { name: 'conversion' }; i: number }[]): string {
  return `LEFT JOIN (
      SELECT unit, ${conversions.map(({ i }) => `groupArrayIf(ts, event = {event${i}:String}) AS times${i}`).join(', ')}
      FROM upstack.product_events
      WHERE event IN (${conversions.map(({ i }) => `{event${i}:String}`).join(', ')}) AND type = 'track' AND unit != ''
        AND day >= toDate(${SINCE}, 'UTC') AND ts >= ${SINCE}
      GROUP BY unit
    ) AS done ON units.Unit = done.unit`;
}

/** Whether a unit can be judged: at once, or when its window is over. */
function judgedColumn(metric: Metric, { atMs, delayMs }: Scope): string {
  const afterMs = judgedAfterMs(metric);
  return afterMs === undefined ? '1' : `exposed <= ${moment(atMs - afterMs - delayMs)}`;
}

/**
 * Whether a unit had the event. An invocation counts when it ended after the exposure, because the caller of the
 * function that was struck began before; one failure per unit keeps the events independent, however often a failing
 * client tries again.
 */
function happenedColumn(metric: Metric, i: number): string {
  if (metric.name === 'error-rate') return `failed${i} >= exposed`;
  // Event times are whole milliseconds, rounded down, and spans have finer ones: both are compared as milliseconds.
  return `arrayExists(t -> t >= toDateTime64(exposed, 3, 'UTC') AND t <= exposed + toIntervalMillisecond({within${i}:UInt32}), times${i})`;
}

function failureColumn(metric: Metric, i: number): string[] {
  if (metric.name !== 'error-rate') return [];
  const where = metric.function === undefined ? '' : ` AND FaasName = {function${i}:String}`;
  return [`maxIf(${ENDED}, ${FAILED}${where}) AS failed${i}`];
}

function parametersOf(metric: Metric, i: number): [string, unknown][] {
  if (metric.name === 'conversion') {
    return [
      [`event${i}`, metric.event],
      [`within${i}`, metric.withinMs],
    ];
  }
  return metric.function === undefined ? [] : [[`function${i}`, metric.function]];
}

function moment(epochMs: number): string {
  return `fromUnixTimestamp64Milli(${Math.floor(epochMs)}, 'UTC')`;
}
