import type { AsyncLocalStorage } from 'node:async_hooks';
import { config } from './config.ts';
import { type Arm, assign } from './core/assignment.ts';
import { mergeBaggage } from './core/baggage.ts';
import type { LeaseClaims } from './core/lease.ts';
import { type ContextHeaders, findUnit } from './core/unit.ts';
import {
  formatTraceparent,
  parseTraceparent,
  parseTracestate,
  randomHex,
  type TraceParent,
} from './telemetry/trace-context.ts';

/** Where an invocation's unit stands in the run whose lease applies. */
export interface Assignment {
  run: string;
  experiment: string;
  stage: number;
  /** What was assigned: a person or session, or the request id. */
  unit: string;
  arm: Arm;
}

/** One invocation while it runs, and its record afterwards. What costs time to find is found when it is asked for. */
export class Invocation {
  readonly name: string;
  readonly requestId: string;
  readonly coldStart: boolean;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  readonly headers: ContextHeaders | undefined;
  /** The Lambda context object as it came. */
  readonly platform: unknown;
  /** What the caller said in its client context. */
  readonly sentUnit: string | undefined;
  /** What `options.unit` found in the event. */
  readonly ownUnit: string | undefined;
  endedAt = 0;
  assignment: Assignment | undefined = undefined;
  exposed = false;
  injected: 'latency' | 'error' | undefined = undefined;
  threw = false;
  error: unknown = undefined;
  /** The status code of the result when it has one, else 0. */
  statusCode = 0;
  #unit: string | undefined | null = null;
  #trace: TraceOfInvocation | undefined = undefined;
  #outgoing: Record<string, string> | undefined = undefined;

  constructor(
    name: string,
    requestId: string,
    coldStart: boolean,
    startedAt: number,
    headers: ContextHeaders | undefined,
    sentUnit: string | undefined,
    ownUnit: string | undefined,
    platform: unknown,
  ) {
    this.name = name;
    this.requestId = requestId;
    this.coldStart = coldStart;
    this.startedAt = startedAt;
    this.headers = headers;
    this.sentUnit = sentUnit;
    this.ownUnit = ownUnit;
    this.platform = platform;
  }

  /** Whether it brought what must not leak into another invocation: somebody's unit or trace. */
  get isPersonal(): boolean {
    return this.headers !== undefined || this.sentUnit !== undefined;
  }

  /** The person or session that came with the event; undefined when none did. */
  get unit(): string | undefined {
    if (this.#unit === null) this.#unit = this.sentUnit ?? findUnit(this.headers, this.ownUnit);
    return this.#unit;
  }

  get trace(): TraceOfInvocation {
    this.#trace ??= traceOf(this.headers);
    return this.#trace;
  }

  /** Milliseconds until the platform ends this invocation; Infinity when it does not say. */
  remainingMs(): number {
    const platform = this.platform as { getRemainingTimeInMillis?: () => number } | undefined;
    const remaining = Number(platform?.getRemainingTimeInMillis?.());
    return Number.isNaN(remaining) ? Number.POSITIVE_INFINITY : remaining;
  }

  /** The headers that carry this invocation's trace and unit to the next function. */
  get outgoingHeaders(): Readonly<Record<string, string>> {
    if (this.#outgoing === undefined) {
      const baggage = mergeBaggage(this.headers?.baggage ?? '', this.unit);
      this.#outgoing = { traceparent: formatTraceparent(this.trace) };
      if (this.trace.tracestate !== undefined) this.#outgoing.tracestate = this.trace.tracestate;
      if (baggage !== '') this.#outgoing.baggage = baggage;
    }
    return this.#outgoing;
  }

  /**
   * The assignment under a lease, made once per invocation; undefined when the event carries no unit of the lease's
   * kind, or when this invocation already belongs to another run.
   */
  assignTo(lease: LeaseClaims): Assignment | undefined {
    if (this.assignment !== undefined) return this.assignment.run === lease.run ? this.assignment : undefined;
    const unit = lease.unit === 'request' ? this.requestId : this.unit;
    if (unit === undefined || unit === '') return undefined;
    const { run, experiment, stage } = lease;
    this.assignment = { run, experiment, stage, unit, arm: assign(lease.salt, unit, lease.share) };
    return this.assignment;
  }
}

interface TraceOfInvocation extends TraceParent {
  parentSpanId: string;
  tracestate: string | undefined;
}

function traceOf(headers: ContextHeaders | undefined): TraceOfInvocation {
  const parent = headers && headers.traceparent !== '' ? parseTraceparent(headers.traceparent) : undefined;
  return {
    traceId: parent?.traceId ?? randomHex(32),
    spanId: randomHex(16),
    sampled: parent?.sampled ?? true,
    parentSpanId: parent?.spanId ?? '',
    tracestate: parent && headers?.tracestate ? parseTracestate(headers.tracestate) : undefined,
  };
}

/*
 * Which invocation is the current one. An asynchronous context costs more than all the rest of the SDK together, so it
 * is entered only when the event brought a unit or a trace (they must not leak into another person's invocation), a lease
 * is armed, or the process runs invocations concurrently. Otherwise the only invocation in flight is the current
 * one, and as soon as there are two that rule is given up for good: then no answer rather than a wrong one.
 */
let storage: AsyncLocalStorage<Invocation> | undefined;
let concurrent = config.concurrent;
let inFlight = 0;
let only: Invocation | undefined;

/** Runs `handler` as part of `invocation`; throws what it throws. `leave` must be called once when it has ended. */
export function enter<E, C, R>(
  invocation: Invocation,
  isolated: boolean,
  handler: (event: E, context: C) => R,
  event: E,
  context: C,
): R {
  if (++inFlight > 1) {
    concurrent = true;
    only = undefined;
  }
  if (isolated || concurrent) {
    storage ??= new (process.getBuiltinModule('node:async_hooks').AsyncLocalStorage)<Invocation>();
    return storage.run(invocation, handler, event, context);
  }
  only = invocation;
  return handler(event, context);
}

export function leave(): void {
  inFlight--;
  only = undefined;
}

export function currentInvocation(): Invocation | undefined {
  return storage?.getStore() ?? only;
}
