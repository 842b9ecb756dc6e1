import type { Environment } from '../../sdk/src/core/environment.ts';
import { productEvents as eventsTable } from '../signals/product-events/table.ts';
import { source } from '../signals/source.ts';
import { traces } from '../signals/traces/table.ts';
import { judgedAfterMs, metricKind } from './kinds.ts';
import { type Metric, SETTLE_MS } from './metric.ts';
import type { Statement, UnitColumns } from './unit-sql.ts';

/** Whose units are counted, and as of when. */
export interface Scope {
  environment: Environment;
  run: string;
  startedAtMs: number;
  /** Now; units are judged by the age that their exposure has at this moment. */
  atMs: number;
  /** By how much the treatment itself delays a record, milliseconds; both arms then wait for it. */
  delayMs: number;
}

const SINCE = "fromUnixTimestamp64Milli({since:Int64}, 'UTC')";
/** A call that was on its way when the run began may end in it. */
const BEFORE_START_MS = 60_000;
const EXPOSES = 'Run = {run:String} AND Exposed';
/** What one look may cost: it fails rather than slow the engine down. */
const LIMITS = 'SETTINGS max_execution_time = 5, max_memory_usage = 1000000000';

/**
 * Totals for all metrics of a run in one query: per arm and stage, the exposed units and, per metric in order, the totals
 * its kind selects over judged units. Arm `both` holds units seen in two arms; they belong to neither.
 *
 * Spans are read once, for exposures and metrics together, so that every metric covers the same units.
 */
export function compileLook(metrics: readonly Metric[], scope: Scope): Statement {
  const compiled = metrics.map((metric, i) =>
    metricKind(metric).compile(metric, { n: String(i), judged: judgedCondition(metric, scope) }),
  );
  const spans = merged(compiled.flatMap((each) => each.spans ?? []));
  const productEvents = merged(compiled.flatMap((each) => each.productEvents ?? []));
  return {
    sql: `SELECT if(arm = other, arm, 'both') AS arm, toUInt32(stage) AS stage,
        toUInt32(countIf(exposed <= ${moment(scope.atMs - SETTLE_MS - scope.delayMs)})) AS exposures,
        [${compiled.map(({ totals }) => `CAST(${totals}, 'Array(Float64)')`).join(', ')}] AS totals
      FROM (
        SELECT Unit, minIf(Arm, ${EXPOSES}) AS arm, maxIf(Arm, ${EXPOSES}) AS other, minIf(Stage, ${EXPOSES}) AS stage,
          minIf(Timestamp, ${EXPOSES}) AS exposed${spans.columns.map((column) => `, ${column}`).join('')}
        FROM ${source(traces, scope.environment)}
        WHERE Timestamp >= ${SINCE} AND Unit != '' AND ${anyOf([EXPOSES, ...spans.where])}
        GROUP BY Unit HAVING countIf(${EXPOSES}) > 0
      ) AS units ${productEvents.columns.length === 0 ? '' : productEventsJoin(productEvents, scope.environment)}
      GROUP BY arm, stage ${LIMITS}`,
    parameters: Object.assign(
      { run: scope.run, since: scope.startedAtMs - BEFORE_START_MS },
      ...compiled.map(({ parameters }) => parameters),
    ),
  };
}

function productEventsJoin({ columns, where }: Columns, environment: Environment): string {
  return `LEFT JOIN (
      SELECT unit, ${columns.join(', ')}
      FROM ${source(eventsTable, environment)}
      WHERE ${anyOf(where)} AND type = 'track' AND unit != '' AND day >= toDate(${SINCE}, 'UTC') AND ts >= ${SINCE}
      GROUP BY unit
    ) AS done ON units.Unit = done.unit`;
}

interface Columns {
  columns: string[];
  where: string[];
}

/** Columns of all metrics on one table; duplicate conditions removed. */
function merged(parts: readonly UnitColumns[]): Columns {
  return {
    columns: parts.flatMap(({ columns }) => columns),
    where: [...new Set(parts.map(({ where }) => where))],
  };
}

function anyOf(conditions: readonly string[]): string {
  return `(${conditions.map((condition) => `(${condition})`).join(' OR ')})`;
}

/** Whether a unit can be judged: at once, or when its window is over. */
function judgedCondition(metric: Metric, { atMs, delayMs }: Scope): string {
  const afterMs = judgedAfterMs(metric);
  return afterMs === undefined ? '1' : `exposed <= ${moment(atMs - afterMs - delayMs)}`;
}

function moment(epochMs: number): string {
  return `fromUnixTimestamp64Milli(${Math.floor(epochMs)}, 'UTC')`;
}
