/**
 * Global `fetch`: every request passes the `dispatch` of undici's dispatcher, whether its socket is new or pooled.
 * Undici is slow to load, so nothing is hooked before somebody fetches or a fault on a dependency is leased.
 */
import { currentInvocation, type Invocation } from '../context.ts';
import type { Fault } from '../core/lease.ts';
import {
  carriesContext,
  defaultPort,
  meetDependency,
  readTarget,
  refusal,
  type Target,
} from '../faults/dependency.ts';
import { latencyWithin, sleepUnderLease } from '../faults/strike.ts';
import { warn } from '../warnings.ts';
import { answer, type DispatchHandler, fail } from './undici-answer.ts';

interface DispatchOptions {
  origin?: string | URL;
  headers?: unknown;
  [SEEN]?: true;
}

type Dispatch = (this: object, options: DispatchOptions, handler: DispatchHandler) => boolean;

/** Marks a request that was looked at, since an agent hands it to a pool, and that to a client. */
const SEEN = Symbol('upstack.seen');

/** Where undici, the one inside Node and the one from npm alike, keeps the dispatcher that `fetch` uses. */
const GLOBAL_DISPATCHERS = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'];

const hooked = new WeakSet<object>();

/** Hooks undici at the first `fetch`, by a stand-in that takes itself away then. */
export function hookFetch(): void {
  const original = globalThis.fetch;
  if (typeof original !== 'function') return;
  const standIn: typeof fetch = (...args) => {
    hookDispatchers();
    if (globalThis.fetch === standIn) globalThis.fetch = original;
    return original(...args);
  };
  Object.defineProperty(standIn, 'name', { value: 'fetch' });
  globalThis.fetch = standIn;
}

/** Hooks the dispatchers that there are now; may be called again when the customer may have set another. */
export function hookDispatchers(): void {
  try {
    // Reading one of its classes loads the undici inside Node, which then sets its dispatcher.
    void globalThis.Request;
    for (const key of GLOBAL_DISPATCHERS)
      hookPrototype((globalThis as Record<symbol, unknown>)[Symbol.for(key)]);
  } catch {
    warn('hook-failed');
  }
}

function hookPrototype(dispatcher: unknown): void {
  let prototype: unknown = dispatcher;
  while (typeof prototype === 'object' && prototype !== null && !Object.hasOwn(prototype, 'dispatch')) {
    prototype = Object.getPrototypeOf(prototype);
  }
  if (typeof prototype !== 'object' || prototype === null || hooked.has(prototype)) return;
  hooked.add(prototype);
  const holder = prototype as { dispatch: Dispatch };
  const original = holder.dispatch;
  holder.dispatch = function dispatch(options, handler) {
    const seen = look(options);
    if (seen === undefined) return original.call(this, options, handler);
    const go = () => original.call(this, seen.options, handler);
    return strike(seen, handler, go) || go();
  };
}

interface Seen {
  options: DispatchOptions;
  invocation: Invocation;
  target: Target;
  fault: Fault | undefined;
}

/** The request with the context's headers, and the fault it meets; undefined when it is no concern of ours. Never throws. */
function look(options: DispatchOptions): Seen | undefined {
  try {
    const invocation = currentInvocation();
    if (invocation === undefined || options[SEEN] === true || !options.origin) return undefined;
    const { host, protocol } = new URL(options.origin);
    const target = readTarget(host, defaultPort(protocol));
    const headers = carriesContext(target) ? carryContext(invocation, options.headers) : options.headers;
    const fault = meetDependency(invocation, target);
    return { options: { ...options, headers, [SEEN]: true }, invocation, target, fault };
  } catch {
    warn('hook-failed');
    return undefined;
  }
}

/** Undici takes headers as an object, as a flat list of names and values, or as pairs. */
function carryContext(invocation: Invocation, headers: unknown): unknown {
  const added = Object.entries(invocation.outgoingHeaders);
  if (headers === null || headers === undefined) return Object.fromEntries(added);
  if (typeof headers !== 'object') return headers;
  const isList = Array.isArray(headers);
  const pairs =
    !isList && Symbol.iterator in headers ? [...(headers as Iterable<[string, unknown]>)] : undefined;
  const names = isList
    ? headers.filter((_, index) => index % 2 === 0)
    : (pairs?.map(([name]) => name) ?? Object.keys(headers));
  const given = new Set(names.map((name) => String(name).toLowerCase()));
  const missing = added.filter(([name]) => !given.has(name === 'tracestate' ? 'traceparent' : name));
  if (isList) return [...headers, ...missing.flat()];
  if (pairs !== undefined) return [...pairs, ...missing].flat();
  return { ...headers, ...Object.fromEntries(missing) };
}

/** True when the request was struck, so that it must not go on by itself. Never throws. */
function strike({ invocation, target, fault }: Seen, handler: DispatchHandler, go: () => boolean): boolean {
  if (fault === undefined) return false;
  try {
    if (fault.kind === 'latency') {
      const ms = latencyWithin(invocation, fault.ms);
      if (ms <= 0) return false;
      invocation.injected = 'latency';
      sleepUnderLease(ms, () => {
        try {
          go();
        } catch (error) {
          fail(handler, error as Error);
        }
      });
      return true;
    }
    invocation.injected = 'error';
    const { status, message } = fault;
    queueMicrotask(() => {
      if (status === undefined) fail(handler, refusal(target, message));
      else answer(handler, status, message);
    });
    return true;
  } catch {
    warn('hook-failed');
    return false;
  }
}
