import type { Environment } from '../../sdk/src/core/environment.ts';
import type { EventsEngine } from '../engines/events/engine.ts';
import { within } from '../lib/within.ts';
import type { RunTotals } from '../metrics/arms.ts';
import { readRunTotals } from '../metrics/queries.ts';
import { source } from '../signals/source.ts';
import { traces } from '../signals/traces/table.ts';
import { treatmentKind } from '../treatments/kinds.ts';
import type { Run } from './definition/experiment.ts';
import { metricsOf } from './watch/look.ts';

const LIMITS = 'SETTINGS max_execution_time = 10, max_memory_usage = 1000000000';

/** Everything one look reads, as of `atMs`. Throws what the events engine throws. */
export function readTotals(
  events: EventsEngine,
  environment: Environment,
  run: Run,
  atMs: number,
): Promise<RunTotals> {
  const { runId, experiment, startedAt, stages } = run;
  const delayMs = treatmentKind(experiment.treatment).delayMs(experiment.treatment);
  const scope = { environment, run: runId, startedAtMs: startedAt.getTime(), atMs, delayMs };
  return readRunTotals(events, metricsOf(experiment), stages.length, scope);
}

/** An invocation may last 15 minutes: one that began before cannot end now. */
const MAX_INVOCATION_MS = 900_000;
/** A function's clock may run ahead this far; what ends later than that is no proof that it is heard now. */
const CLOCK_SKEW_MS = 2_000;

/**
 * When the newest invocation of the function that can be read ended, epoch milliseconds; undefined when none began in
 * the 15 minutes before `atMs`. Throws what the events engine throws.
 */
export async function newestInvocation(
  events: EventsEngine,
  environment: Environment,
  functionName: string,
  atMs: number,
): Promise<number | undefined> {
  const [row] = await events.query<{ spans: number; newest: string }>(
    `SELECT toUInt32(count()) AS spans, toString(toUnixTimestamp64Milli(max(ended))) AS newest
     FROM (
       SELECT Timestamp + toIntervalNanosecond(Duration) AS ended FROM ${source(traces, environment)}
       WHERE Timestamp >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') AND FaasName = {function:String}
         AND SpanKind IN ('Server', 'Consumer')
     )
     WHERE ended <= fromUnixTimestamp64Milli({until:Int64}, 'UTC') ${LIMITS}`,
    {
      function: functionName,
      since: Math.floor(atMs) - MAX_INVOCATION_MS,
      until: Math.floor(atMs) + CLOCK_SKEW_MS,
    },
  );
  return row && row.spans > 0 ? Number(row.newest) : undefined;
}

interface Injections {
  count: number;
  firstAt: string | null;
  lastAt: string | null;
}

/** Invocations of the run that met the treatment, and when the first and the last of them began. */
export async function readInjections(
  events: EventsEngine,
  environment: Environment,
  run: Pick<Run, 'runId' | 'startedAt'>,
): Promise<Injections> {
  const [row] = await events.query<{ count: number; first: string; last: string }>(
    `SELECT toUInt32(count()) AS count, toString(toUnixTimestamp64Milli(min(Timestamp))) AS first,
       toString(toUnixTimestamp64Milli(max(Timestamp))) AS last
     FROM ${source(traces, environment)}
     WHERE Run = {run:String} AND Injected != '' AND Timestamp >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') ${LIMITS}`,
    { run: run.runId, since: run.startedAt.getTime() - 60_000 },
  );
  if (!row || row.count === 0) return { count: 0, firstAt: null, lastAt: null };
  const iso = (ms: string) => new Date(Number(ms)).toISOString();
  return { count: row.count, firstAt: iso(row.first), lastAt: iso(row.last) };
}

/** Counting injections must not hold up a page, milliseconds. */
const MAX_COUNT_MS = 3_000;
const MAX_REMEMBERED = 500;

/** Reads injections per run. Returns the last known ones while the events engine is unavailable, so that runs stay visible. */
export function lastKnownInjections(events: EventsEngine, environment: Environment) {
  const known = new Map<string, Injections>();
  return async (run: Parameters<typeof readInjections>[2]): Promise<Injections> => {
    try {
      const injections = await within(
        MAX_COUNT_MS,
        'counting injections',
        readInjections(events, environment, run),
      );
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(run.runId, injections);
      return injections;
    } catch {
      return known.get(run.runId) ?? { count: 0, firstAt: null, lastAt: null };
    }
  };
}
