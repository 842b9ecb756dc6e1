import { z } from 'zod';
import { MAX_UNIT_LENGTH } from '../../../sdk/src/core/baggage.ts';
import { DEFAULT_ENVIRONMENT } from '../../../sdk/src/core/environment.ts';
import { defineOperations, operation } from '../../access/operation.ts';
import type { ComputeEngine, InvokeInput } from '../../engines/compute/engine.ts';
import type { EventsEngine } from '../../engines/events/engine.ts';
import { isTelemetryLine } from '../../signals/function-line.ts';
import * as queries from '../../signals/invocations/queries.ts';
import { functionRoutes } from './routes.ts';
import { type FunctionView, functionRow, functionView } from './schema.ts';

/** The alias that serves users. */
const LIVE = 'live';
const LIST_MINUTES = 15;
const MAX_STEPS = 120;
const name = z.string().min(1).max(140).describe('the name of the function');
const invocation = z.object({
  name,
  qualifier: z.string().optional().describe('a version or an alias'),
  payload: z.unknown().optional(),
  unit: z
    .string()
    .min(1)
    .max(MAX_UNIT_LENGTH)
    .optional()
    .describe('the person or session it is for: a weighted alias always gives a unit the same version'),
});

export function functionOperations(compute: ComputeEngine, events: EventsEngine) {
  return defineOperations(functionRoutes, {
    listFunctions: operation({
      summary: 'All functions with their figures for the last 15 minutes',
      permission: 'read',
      effect: 'reads',
      input: z.object({}),
      output: z.object({ functions: z.array(functionRow) }),
      run: async () => ({ functions: await listFunctions(compute, events) }),
    }),
    showFunction: operation({
      summary: 'One function: versions, aliases and figures over time',
      permission: 'read',
      effect: 'reads',
      input: z.object({ name, minutes: z.number().int().min(5).max(10_080).default(60) }),
      output: functionView,
      run: ({ name, minutes }) => showFunction(compute, events, name, minutes),
    }),
    invokeFunction: operation({
      summary: 'Invoke a function with a JSON payload and wait for the response',
      permission: 'operate',
      effect: 'acts-on-production',
      input: invocation,
      output: z.object({
        payload: z.unknown(),
        executedVersion: z.string(),
        functionError: z.string().nullable(),
        log: z.string().nullable(),
      }),
      run: async (input, _caller, note) => {
        const result = await compute.invoke({ ...invokeInput(input), tail: true });
        note({ after: `version ${result.executedVersion}: ${result.functionError ?? 'returned'}` });
        return {
          payload: parsed(result.payload),
          executedVersion: result.executedVersion,
          functionError: result.functionError ?? null,
          log: result.log === undefined ? null : withoutTelemetry(result.log),
        };
      },
    }),
    sendEvent: operation({
      summary: 'Invoke a function asynchronously with a JSON payload, with retries when it fails',
      permission: 'operate',
      effect: 'acts-on-production',
      input: invocation,
      output: z.object({ requestId: z.string() }),
      run: async (input) => ({ requestId: await compute.invokeLater(invokeInput(input)) }),
    }),
  });
}

function invokeInput({ payload, qualifier, unit, name }: z.infer<typeof invocation>): InvokeInput {
  return {
    name,
    payload: new TextEncoder().encode(JSON.stringify(payload ?? {})),
    ...(qualifier !== undefined && { qualifier }),
    ...(unit !== undefined && { unit }),
  };
}

async function listFunctions(compute: ComputeEngine, events: EventsEngine) {
  const [functions, totals, minutes] = await Promise.all([
    compute.listFunctions(),
    queries.totalsPerFunction(events, DEFAULT_ENVIRONMENT, LIST_MINUTES),
    queries.perMinute(events, DEFAULT_ENVIRONMENT, LIST_MINUTES),
  ]);
  const details = await Promise.all(functions.map(({ name }) => compute.getFunction(name)));
  return details.map((detail) => {
    const figures = totals.get(detail.name);
    return {
      name: detail.name,
      runtime: detail.runtime,
      lastModified: detail.lastModified,
      liveVersion: detail.aliases.find((alias) => alias.name === LIVE)?.version ?? null,
      invocations: figures?.invocations ?? 0,
      errors: figures?.errors ?? 0,
      p50Ms: figures?.p50Ms ?? null,
      p95Ms: figures?.p95Ms ?? null,
      perMinute: minutes.get(detail.name) ?? new Array<number>(LIST_MINUTES).fill(0),
    };
  });
}

async function showFunction(
  compute: ComputeEngine,
  events: EventsEngine,
  name: string,
  minutes: number,
): Promise<FunctionView> {
  const stepSeconds = Math.max(10, Math.ceil((minutes * 60) / MAX_STEPS / 10) * 10);
  const [detail, totals, perVersion, steps, recentErrors] = await Promise.all([
    compute.getFunction(name),
    queries.totalsPerFunction(events, DEFAULT_ENVIRONMENT, minutes),
    queries.totalsPerVersion(events, DEFAULT_ENVIRONMENT, name, minutes),
    queries.series(events, DEFAULT_ENVIRONMENT, { minutes, stepSeconds, name }),
    queries.recentErrors(events, DEFAULT_ENVIRONMENT, name, 20),
  ]);
  const figures = totals.get(name);
  return {
    name: detail.name,
    arn: detail.arn,
    runtime: detail.runtime,
    handler: detail.handler,
    memoryMb: detail.memoryMb,
    timeoutSeconds: detail.timeoutSeconds,
    url: detail.url ?? null,
    environmentNames: detail.environmentNames,
    versions: detail.versions.map((version) => {
      const { invocations = 0, coldStarts = 0, costUsd = null } = perVersion.get(version.version) ?? {};
      return { ...version, invocations, coldStarts, costUsd };
    }),
    aliases: detail.aliases,
    totals: {
      invocations: figures?.invocations ?? 0,
      errors: figures?.errors ?? 0,
      coldStarts: figures?.coldStarts ?? 0,
      p50Ms: figures?.p50Ms ?? null,
      p95Ms: figures?.p95Ms ?? null,
      p99Ms: figures?.p99Ms ?? null,
      costUsd: figures?.costUsd ?? null,
    },
    series: { stepSeconds, ...columns(steps) },
    recentErrors,
  };
}

/** Converts rows of a series to aligned arrays. */
export function columns(steps: queries.SeriesStep[]) {
  return {
    at: steps.map((step) => step.at),
    invocations: steps.map((step) => step.invocations),
    errors: steps.map((step) => step.errors),
    coldStarts: steps.map((step) => step.coldStarts),
    p50Ms: steps.map((step) => (step.invocations === 0 ? null : step.p50Ms)),
    p95Ms: steps.map((step) => (step.invocations === 0 ? null : step.p95Ms)),
  };
}

/** The function's own log lines. */
function withoutTelemetry(log: string): string {
  return log
    .split('\n')
    .filter((line) => !isTelemetryLine(line))
    .join('\n');
}

function parsed(payload: Uint8Array): unknown {
  const text = new TextDecoder().decode(payload);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
