import type { Environment } from '../../../sdk/src/core/environment.ts';
import type { EventsEngine } from '../../engines/events/engine.ts';
import { source } from '../source.ts';
import { invocations } from './table.ts';

/** One step of the series of a function or of all functions, as the events engine returns it. */
export interface SeriesStep {
  at: number;
  invocations: number;
  errors: number;
  coldStarts: number;
  p50Ms: number | null;
  p95Ms: number | null;
}

export interface FunctionTotals {
  function: string;
  invocations: number;
  errors: number;
  coldStarts: number;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  /** US dollars by AWS's prices; null when no invocation has a price. */
  costUsd: number | null;
}

/** Figures of one version of a function. */
export interface VersionTotals {
  version: string;
  invocations: number;
  coldStarts: number;
  costUsd: number | null;
}

export interface RecentError {
  at: string;
  version: string;
  errorType: string;
  requestId: string;
}

/** An invocation failed for its caller: the function failed, or answered with a server error. */
const FAILED = `(status != 'success' OR http_status >= 500)`;

const FIGURES = `
  toUInt32(count()) AS invocations,
  toUInt32(countIf(${FAILED})) AS errors,
  toUInt32(countIf(cold)) AS coldStarts,
  if(count() = 0, NULL, round(quantile(0.5)(duration_ms), 3)) AS p50Ms,
  if(count() = 0, NULL, round(quantile(0.95)(duration_ms), 3)) AS p95Ms`;

/** Totals per function over the last `minutes`; functions without an invocation are missing. */
export async function totalsPerFunction(
  events: EventsEngine,
  environment: Environment,
  minutes: number,
): Promise<Map<string, FunctionTotals>> {
  const rows = await events.query<FunctionTotals>(
    `SELECT function, ${FIGURES}, if(count() = 0, NULL, round(quantile(0.99)(duration_ms), 3)) AS p99Ms, sum(cost_usd) AS costUsd
     FROM ${source(invocations, environment)} WHERE ts > now64(3) - toIntervalMinute({minutes:UInt32}) GROUP BY function`,
    { minutes },
  );
  return new Map(rows.map((row) => [row.function, row]));
}

/** Totals of each version of a function over the last `minutes`; versions without an invocation are missing. */
export async function totalsPerVersion(
  events: EventsEngine,
  environment: Environment,
  name: string,
  minutes: number,
): Promise<Map<string, VersionTotals>> {
  const rows = await events.query<VersionTotals>(
    `SELECT version, toUInt32(count()) AS invocations, toUInt32(countIf(cold)) AS coldStarts, sum(cost_usd) AS costUsd
     FROM ${source(invocations, environment)}
     WHERE function = {name:String} AND ts > now64(3) - toIntervalMinute({minutes:UInt32}) GROUP BY version`,
    { name, minutes },
  );
  return new Map(rows.map((row) => [row.version, row]));
}

/** Figures of all functions together over the last minute, or since the first invocation when that is shorter. */
export async function lastMinute(
  events: EventsEngine,
  environment: Environment,
): Promise<{ perSecond: number; errorRate: number | null; p95Ms: number | null }> {
  const [row] = await events.query<Omit<SeriesStep, 'at'> & { seconds: number }>(
    `SELECT ${FIGURES}, toFloat64(greatest(1, dateDiff('millisecond', min(ts), now64(3)) / 1000)) AS seconds
     FROM ${source(invocations, environment)} WHERE ts > now64(3) - toIntervalMinute(1)`,
  );
  if (!row || row.invocations === 0) return { perSecond: 0, errorRate: null, p95Ms: null };
  const { errors, p95Ms, seconds } = row;
  return { perSecond: row.invocations / seconds, errorRate: errors / row.invocations, p95Ms };
}

/** Invocations per minute of each function, oldest first, `minutes` values. */
export async function perMinute(
  events: EventsEngine,
  environment: Environment,
  minutes: number,
): Promise<Map<string, number[]>> {
  const rows = await events.query<{ function: string; ago: number; invocations: number }>(
    `SELECT function, toUInt32(dateDiff('second', ts, now64(3)) DIV 60) AS ago, toUInt32(count()) AS invocations
     FROM ${source(invocations, environment)} WHERE ts > now64(3) - toIntervalMinute({minutes:UInt32}) GROUP BY function, ago`,
    { minutes },
  );
  const series = new Map<string, number[]>();
  for (const row of rows) {
    const values = series.get(row.function) ?? new Array<number>(minutes).fill(0);
    if (row.ago < minutes) values[minutes - 1 - row.ago] = row.invocations;
    series.set(row.function, values);
  }
  return series;
}

export interface SeriesOptions {
  minutes: number;
  stepSeconds: number;
  /** Of one function; of all together without it. */
  name?: string;
}

/** Figures per step over the last `minutes`, oldest first, with the empty steps filled in. */
export function series(
  events: EventsEngine,
  environment: Environment,
  { minutes, stepSeconds, name }: SeriesOptions,
): Promise<SeriesStep[]> {
  return events.query<SeriesStep>(
    `SELECT toUInt32(toUnixTimestamp(toStartOfInterval(ts, toIntervalSecond({step:UInt32})))) AS at, ${FIGURES}
     FROM ${source(invocations, environment)}
     WHERE ts > now64(3) - toIntervalMinute({minutes:UInt32}) ${name === undefined ? '' : 'AND function = {name:String}'}
     GROUP BY at
     ORDER BY at WITH FILL
       FROM toUInt32(toUnixTimestamp(toStartOfInterval(now() - toIntervalMinute({minutes:UInt32}), toIntervalSecond({step:UInt32}))))
       TO toUInt32(toUnixTimestamp(now())) STEP {step:UInt32}`,
    { minutes, step: stepSeconds, ...(name !== undefined && { name }) },
  );
}

/** The last failed invocations of a function, newest first. */
export function recentErrors(
  events: EventsEngine,
  environment: Environment,
  name: string,
  limit: number,
): Promise<RecentError[]> {
  return events.query<RecentError>(
    `SELECT formatDateTime(ts, '%Y-%m-%dT%H:%i:%S.', 'UTC') || leftPad(toString(toUnixTimestamp64Milli(ts) % 1000), 3, '0') || 'Z' AS at,
       version, multiIf(error_type != '', error_type, http_status >= 500, 'HTTP ' || toString(http_status), status) AS errorType, request_id AS requestId
     FROM ${source(invocations, environment)} WHERE function = {name:String} AND ${FAILED}
     ORDER BY ts DESC LIMIT {limit:UInt32}`,
    { name, limit },
  );
}
