import { monotonicNow } from './clock.ts';
import { config } from './config.ts';
import { enter, Invocation, leave } from './context.ts';
import { isUnit } from './core/baggage.ts';
import type { LeaseClaims } from './core/lease.ts';
import { readContextHeaders, unitOfClientContext } from './core/unit.ts';
import { leaseAtInvocation, leasesPossible, whenLeaseArrives } from './faults/leases.ts';
import { strikeFunction } from './faults/strike.ts';
import { hookDispatchers, hookFetch } from './hooks/fetch.ts';
import { hookHttp } from './hooks/http.ts';
import { flushAtEnd, keepInvocation } from './telemetry/flush.ts';
import { warn } from './warnings.ts';

/** A Lambda handler without a callback. */
export type Handler<E, C, R> = (event: E, context: C) => R;

export interface UpstackOptions {
  /** The person or session in an event that carries no `upstack.unit` baggage; 1 to 256 characters, else ignored. */
  unit?: (event: unknown) => string | undefined;
  /** The name of the service and its spans; by default the function's name. */
  name?: string;
}

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

let coldStart = true;
let prepared = false;

/**
 * Wraps a handler so that the control room sees its invocations and can strike them under a lease. The wrapped handler
 * behaves as the given one: it returns the handler's own promise and throws what it throws. Only under a lease, and
 * only for a unit in treatment, it may answer late, with an error of name `InjectedFault`, or with an injected status;
 * then it always returns a promise. Handlers that stream their response are returned as they are.
 */
export function withUpstack<E, C, R>(
  handler: Handler<E, C, R>,
  options: UpstackOptions = {},
): Handler<E, C, R> {
  if (typeof handler !== 'function' || STREAMING in handler) return handler;
  prepare();
  return (event: E, context: C): R => {
    const invocation = begin(event, context, options);
    if (invocation === undefined) return handler(event, context);
    const lease = leasesPossible ? leaseFor(invocation) : undefined;
    if (lease !== undefined && lease.fault.dependency === undefined && invocation.assignment !== undefined) {
      invocation.exposed = true;
      if (invocation.assignment.arm === 'treatment')
        return struck(invocation, lease, handler, event, context) as R;
    }
    let result: R;
    try {
      result = enter(invocation, lease !== undefined || invocation.isPersonal, handler, event, context);
    } catch (error) {
      fail(invocation, error);
      throw error;
    }
    return follow(invocation, result) as R;
  };
}

/** Runs an invocation in treatment. Apart from the common path, whose variables no closure may hold. */
function struck<E, C, R>(
  invocation: Invocation,
  lease: LeaseClaims,
  handler: Handler<E, C, R>,
  event: E,
  context: C,
): Promise<unknown> {
  const strike = (given: E, platform: C) =>
    strikeFunction(invocation, lease.fault, () => handler(given, platform));
  return follow(invocation, enter(invocation, true, strike, event, context)) as Promise<unknown>;
}

/** What is done once, in the platform's initialization phase. */
function prepare(): void {
  if (prepared) return;
  prepared = true;
  for (const step of [hookFetch, hookHttp, flushAtEnd]) {
    try {
      step();
    } catch {
      warn('hook-failed');
    }
  }
  whenLeaseArrives((lease) => {
    if (lease.fault.dependency !== undefined) hookDispatchers();
  });
}

function begin(event: unknown, context: unknown, options: UpstackOptions): Invocation | undefined {
  try {
    const startedAt = monotonicNow();
    const cold = coldStart;
    coldStart = false;
    const platform = context as { awsRequestId?: unknown; clientContext?: unknown } | undefined;
    const id = platform?.awsRequestId;
    return new Invocation(
      options.name ?? config.functionName,
      typeof id === 'string' ? id : '',
      cold,
      startedAt,
      headersOf(event),
      unitOfClientContext(platform?.clientContext),
      options.unit === undefined ? undefined : ownUnit(options.unit, event),
      context,
    );
  } catch {
    warn('event-unreadable');
    return undefined;
  }
}

function headersOf(event: unknown): Invocation['headers'] {
  try {
    return readContextHeaders(event);
  } catch {
    warn('event-unreadable');
    return undefined;
  }
}

function ownUnit(unit: (event: unknown) => string | undefined, event: unknown): string | undefined {
  try {
    const found = unit(event);
    return isUnit(found) ? found : undefined;
  } catch {
    warn('unit-option-threw');
    return undefined;
  }
}

function leaseFor(invocation: Invocation): LeaseClaims | undefined {
  try {
    const lease = leaseAtInvocation(invocation.startedAt);
    if (lease !== undefined) invocation.assignTo(lease);
    return lease;
  } catch {
    warn('lease-unreadable');
    return undefined;
  }
}

/** Ends the record when the result is there, and returns what the handler returned. */
function follow<R>(invocation: Invocation, result: R): R | Promise<Awaited<R>> {
  try {
    if (result instanceof Promise) {
      result.then(
        (value: unknown) => end(invocation, value),
        (error: unknown) => fail(invocation, error),
      );
      return result;
    }
    if (typeof (result as { then?: unknown } | undefined)?.then === 'function') {
      // A thenable may start its work each time it is asked: ask once, for both of us.
      return follow(invocation, Promise.resolve(result));
    }
  } catch {
    warn('event-unreadable');
  }
  end(invocation, result);
  return result;
}

function end(invocation: Invocation, value: unknown): void {
  try {
    const status = (value as { statusCode?: unknown } | undefined | null)?.statusCode;
    if (typeof status === 'number' && Number.isInteger(status)) invocation.statusCode = status;
  } catch {
    warn('event-unreadable');
  }
  close(invocation);
}

function fail(invocation: Invocation, error: unknown): void {
  invocation.threw = true;
  invocation.error = error;
  close(invocation);
}

function close(invocation: Invocation): void {
  leave();
  try {
    invocation.endedAt = monotonicNow();
    keepInvocation(invocation);
  } catch {
    warn('event-unreadable');
  }
}
