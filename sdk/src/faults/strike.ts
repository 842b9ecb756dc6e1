import { soon, startTimer, stopTimer } from '../clock.ts';
import type { Invocation } from '../context.ts';
import type { Fault } from '../core/lease.ts';
import { whenLeaseEnds } from './leases.ts';

/** What an injected latency leaves of an invocation's time, so that it delays the function and does not kill it. */
const RESERVE_MS = 100;

/** The error of an injected exception. */
class InjectedFault extends Error {
  override name = 'InjectedFault';
}

/** How long to sleep for a latency fault in this invocation: the whole of it, or what the time limit leaves; 0 for not at all. */
export function latencyWithin(invocation: Invocation, ms: number): number {
  return Math.max(0, Math.min(ms, invocation.remainingMs() - RESERVE_MS));
}

/** Calls `wake` after `ms`, or as soon as the lease ends: a fault does not outlive its lease. Returns how to wake it early. */
export function sleepUnderLease(ms: number, wake: () => void): () => void {
  // Whoever wakes it, what follows belongs to the invocation that slept.
  const go = process.getBuiltinModule('node:async_hooks').AsyncResource.bind(wake);
  let awake = false;
  const end = () => {
    if (awake) return;
    awake = true;
    stopTimer(timer);
    stopListening();
    go();
  };
  const stopListening = whenLeaseEnds(() => soon(end));
  const timer = startTimer(end, ms);
  return end;
}

/** Strikes the function itself: delays `run`, or answers or fails in its place. */
export function strikeFunction<R>(
  invocation: Invocation,
  fault: Fault,
  run: () => R | Promise<R>,
): Promise<unknown> {
  if (fault.kind === 'latency') {
    const ms = latencyWithin(invocation, fault.ms);
    if (ms <= 0) return Promise.resolve().then(run);
    invocation.injected = 'latency';
    return new Promise<void>((resolve) => sleepUnderLease(ms, resolve)).then(run);
  }
  invocation.injected = 'error';
  if (fault.status === undefined) return Promise.reject(new InjectedFault(fault.message));
  return Promise.resolve({
    statusCode: fault.status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: fault.message }),
  });
}
