import { eventConfigOf } from '../catalog/event-configs.ts';
import type { CatalogContext } from '../catalog/functions.ts';
import { functionArn } from '../catalog/names.ts';
import type { FunctionRecord } from '../catalog/records.ts';
import { LambdaError } from '../errors.ts';
import type { Invocations, InvokeOutcome } from '../invocations.ts';
import { type RoutingContext, routed } from '../routing.ts';
import type { EventInvocation } from './event.ts';
import { afterError, afterRefusal, isExpired, type RetrySettings } from './retry.ts';

export interface AttemptContext extends RoutingContext {
  catalog: CatalogContext;
  invocations: Pick<Invocations, 'invoke'>;
}

/** Why an event is over, in AWS's words. */
type Condition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded' | 'ZeroReservedConcurrency';

/** What the function answered in the last attempt. */
interface Answer {
  outcome: InvokeOutcome;
  executedVersion: string;
}

/** What came of an attempt; the event has its new counts. */
export type Attempted = { event: EventInvocation } & (
  | { kind: 'ended'; condition: Condition; answer: Answer | undefined }
  | { kind: 'waits'; dueMs: number; refusal: unknown }
  | { kind: 'homeless' }
);

/**
 * Tries an event once: runs its function, or finds that it must not run any more. Never rejects.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export async function attempt(context: AttemptContext, event: EventInvocation): Promise<Attempted> {
  const record = context.catalog.store.get(event.functionName);
  if (!record) return { kind: 'homeless', event };
  const settings = eventConfigOf(record, event.qualifier) ?? {};
  if (record.reservedConcurrency === 0) {
    return { kind: 'ended', event, condition: 'ZeroReservedConcurrency', answer: undefined };
  }
  if (isExpired(event, settings, context.catalog.clock.now())) {
    return { kind: 'ended', event, condition: 'EventAgeExceeded', answer: undefined };
  }
  try {
    return judged(await run(context, record, event), settings, event, context.catalog.clock.now());
  } catch (refusal) {
    if (refusal instanceof LambdaError && refusal.type === 'ResourceNotFoundException') {
      return { kind: 'homeless', event };
    }
    const refused = { ...event, refusals: event.refusals + 1 };
    const dueMs = afterRefusal(refused, settings, context.catalog.clock.now());
    return { kind: 'waits', event: refused, dueMs, refusal };
  }
}

/** Throws what refuses the invocation before the function runs. */
async function run(context: AttemptContext, record: FunctionRecord, event: EventInvocation): Promise<Answer> {
  const { functionName: name, qualifier, requestId, payload, traceId, clientContext } = event;
  const version = routed(context, name, qualifier);
  const outcome = await context.invocations.invoke({
    requestId,
    name,
    version,
    functionArn: functionArn(context.catalog.account, name, qualifier),
    payload,
    traceId,
    clientContext,
    reservedConcurrency: record.reservedConcurrency,
    tail: false,
  });
  return { outcome, executedVersion: version.version };
}

function judged(answer: Answer, settings: RetrySettings, event: EventInvocation, nowMs: number): Attempted {
  const tried = { ...event, attempts: event.attempts + 1, refusals: 0 };
  if (answer.outcome.ok) return { kind: 'ended', event: tried, condition: 'Success', answer };
  const next = afterError(tried, settings, nowMs);
  if ('dueMs' in next) return { kind: 'waits', event: tried, dueMs: next.dueMs, refusal: undefined };
  return { kind: 'ended', event: tried, condition: next.condition, answer };
}
