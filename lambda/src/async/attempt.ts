import { eventConfigOf } from '../catalog/functions/event-configs.ts';
import type { CatalogContext } from '../catalog/functions.ts';
import { functionArn } from '../catalog/names.ts';
import type { EventConfigRecord, FunctionRecord, VersionRecord } from '../catalog/records.ts';
import { LambdaError } from '../errors.ts';
import type { Invocations } from '../invocations/invocations.ts';
import { isLoop } from '../invocations/lineage.ts';
import { type RoutingContext, routed, unitIn } from '../invocations/routing.ts';
import type { Answer, Condition, Ended } from './ended.ts';
import type { EventInvocation } from './event.ts';
import { afterError, afterRefusal, isExpired } from './retry.ts';

export interface AttemptContext extends RoutingContext {
  catalog: CatalogContext;
  invocations: Pick<Invocations, 'invoke'>;
}

/** What came of an attempt; the event has its new counts. */
export type Attempted =
  | Ended
  | { kind: 'waits'; event: EventInvocation; dueMs: number; refusal: unknown }
  /** There is nothing any more that it could run. */
  | { kind: 'homeless'; event: EventInvocation };

/** What the event runs in this attempt. */
interface Target {
  record: FunctionRecord;
  version: VersionRecord;
  config: Partial<EventConfigRecord>;
}

/**
 * Tries an event once: runs its function, or finds that it must not run any more. Never rejects.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export async function attempt(context: AttemptContext, event: EventInvocation): Promise<Attempted> {
  const { clock } = context.catalog;
  let target: Target | undefined;
  try {
    target = targetOf(context, event);
    if (!target) return { kind: 'homeless', event };
    const obstacle = obstacleOf(target, event, clock.now());
    if (obstacle) return ended(target, event, obstacle);
    const answer = await run(context, target, event);
    const tried = { ...event, attempts: event.attempts + 1, refusals: 0 };
    if (answer.outcome.ok) return ended(target, tried, 'Success', answer);
    const next = afterError(tried, target.config, clock.now());
    if ('condition' in next) return ended(target, tried, next.condition, answer);
    return { kind: 'waits', event: tried, dueMs: next.dueMs, refusal: undefined };
  } catch (refusal) {
    const refused = { ...event, refusals: event.refusals + 1 };
    return {
      kind: 'waits',
      event: refused,
      dueMs: afterRefusal(refused, target?.config ?? {}, clock.now()),
      refusal,
    };
  }
}

/** Undefined when the function, the version or the alias is not there any more. */
function targetOf(context: AttemptContext, event: EventInvocation): Target | undefined {
  const { functionName, qualifier, clientContext } = event;
  const record = context.catalog.store.get(functionName);
  if (!record) return undefined;
  try {
    const version = routed(
      context,
      functionName,
      qualifier,
      unitIn(() => clientContext),
    );
    return { record, version, config: eventConfigOf(record, qualifier) ?? {} };
  } catch (error) {
    if (error instanceof LambdaError && error.type === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/**
 * What ends the event without an attempt.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html (reserved concurrency of zero),
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
function obstacleOf(target: Target, event: EventInvocation, nowMs: number): Condition | undefined {
  // First of all: functions that never run can make a loop too.
  if (isLoop(target.record, event.traceId)) return 'RecursiveInvocation';
  if (target.record.reservedConcurrency === 0) return 'ZeroReservedConcurrency';
  return isExpired(event, target.config, nowMs) ? 'EventAgeExceeded' : undefined;
}

/** Throws what refuses the invocation before the function runs. */
async function run(context: AttemptContext, target: Target, event: EventInvocation): Promise<Answer> {
  const { functionName, qualifier, requestId, payload, traceId, clientContext } = event;
  const { record, version } = target;
  const outcome = await context.invocations.invoke({
    requestId,
    record,
    version,
    functionArn: functionArn(context.catalog.account, functionName, qualifier),
    payload,
    traceId,
    clientContext,
    tail: false,
  });
  return { outcome, executedVersion: version.version };
}

function ended(target: Target, event: EventInvocation, condition: Condition, answer?: Answer): Ended {
  const { config, version } = target;
  const arn = condition === 'Success' ? config.onSuccess : config.onFailure;
  const deadLetterArn = condition === 'Success' ? '' : version.deadLetterArn;
  return { kind: 'ended', event, condition, answer, destinationArn: arn ?? '', deadLetterArn };
}
