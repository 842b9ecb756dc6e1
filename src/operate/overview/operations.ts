import { z } from 'zod';
import { DEFAULT_ENVIRONMENT } from '../../../sdk/src/core/environment.ts';
import { defineOperations, operation } from '../../access/operation.ts';
import type { ComputeEngine } from '../../engines/compute/engine.ts';
import type { EventsEngine } from '../../engines/events/engine.ts';
import type { Health } from '../../engines/health.ts';
import type { RunSummary } from '../../experiments/schema.ts';
import { Problem } from '../../lib/problem.ts';
import { lastMinute, series } from '../../signals/invocations/queries.ts';
import { columns } from '../functions/operations.ts';
import { overviewRoutes } from './routes.ts';
import { type Overview, overview } from './schema.ts';

export interface OverviewSources {
  demo: boolean;
  compute: ComputeEngine;
  events: EventsEngine;
  health(): Promise<Health[]>;
  ingestion(): Overview['ingestion'];
  runs(): Promise<RunSummary[]>;
  openFindings(): Promise<number>;
  /** People with a product event today, and in the last seven days. */
  people(): Promise<Overview['people']>;
}

const MINUTES = 30;
const RECENT_RUNS = 6;

export function overviewOperations(sources: OverviewSources) {
  return defineOperations(overviewRoutes, {
    showOverview: operation({
      summary: 'Engine health, traffic, and running and recent experiments',
      permission: 'read',
      effect: 'reads',
      input: z.object({}),
      output: overview,
      run: () => readOverview(sources),
    }),
  });
}

/**
 * The figures of the home page. Rates cover the last minute. While an engine is down, its figures are empty and the
 * rest are present, because this page must report the outage.
 */
export async function readOverview(sources: OverviewSources): Promise<Overview> {
  const [engines, functions, now, steps, people, runs, openFindings] = await Promise.all([
    sources.health(),
    whileDown(sources.compute.listFunctions(), []),
    whileDown(lastMinute(sources.events, DEFAULT_ENVIRONMENT), {
      perSecond: 0,
      errorRate: null,
      p95Ms: null,
    }),
    whileDown(series(sources.events, DEFAULT_ENVIRONMENT, { minutes: MINUTES, stepSeconds: 60 }), []),
    whileDown(sources.people(), { today: 0, week: 0 }),
    whileDown(sources.runs(), []),
    whileDown(sources.openFindings(), 0),
  ]);
  const { at, invocations, errors, p95Ms } = columns(steps);
  return {
    demo: sources.demo,
    engines: engines.map(({ engine, ok, detail, restarts }) => ({ engine, ok, detail, restarts })),
    ingestion: sources.ingestion(),
    functions: {
      count: functions.length,
      invocationsPerSecond: now.perSecond,
      errorRate: now.errorRate,
      p95Ms: now.p95Ms,
    },
    series: { at, invocations, errors, p95Ms },
    running: runs.filter((run) => run.status === 'running'),
    recent: runs.filter((run) => run.status === 'ended').slice(0, RECENT_RUNS),
    people,
    openFindings,
  };
}

function whileDown<Value>(value: Promise<Value>, fallback: Value): Promise<Value> {
  return value.catch((error: unknown) => {
    if (error instanceof Problem && error.status === 503) return fallback;
    throw error;
  });
}
