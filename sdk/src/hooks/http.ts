/**
 * `node:http` and `node:https`: every request with an agent passes `Agent.prototype.addRequest`, whether its socket is
 * new or pooled and however the module was imported, so that is the one place that is hooked.
 */
import type { Agent, ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import { startTimer, stopTimer } from '../clock.ts';
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

interface RequestOptions {
  host?: string;
  port?: number | string;
}

type AddRequest = (this: Agent, request: ClientRequest, options: RequestOptions, ...rest: unknown[]) => void;

/** A request that has no socket yet: `onSocket` takes an error in place of one. */
interface Unsent {
  onSocket(socket: Duplex | null, error?: Error): void;
}

let hooked = false;

/** Hooks the agents of this process, once. */
export function hookHttp(): void {
  if (hooked) return;
  hooked = true;
  const prototype = process.getBuiltinModule('node:http').Agent.prototype as unknown as {
    addRequest: AddRequest;
  };
  const original = prototype.addRequest;
  prototype.addRequest = function addRequest(request, options, ...rest) {
    const go = () => original.call(this, request, options, ...rest);
    if (!intercept(request, options, go)) go();
  };
}

/** True when the request was struck, so that it must not go on by itself. Never throws. */
function intercept(request: ClientRequest, options: RequestOptions, go: () => void): boolean {
  try {
    const invocation = currentInvocation();
    if (invocation === undefined) return false;
    const target = targetOf(request, options);
    if (carriesContext(target)) carryContext(invocation, request);
    const fault = meetDependency(invocation, target);
    return fault !== undefined && strike(invocation, request, target, fault, go);
  } catch {
    warn('hook-failed');
    return false;
  }
}

function targetOf(request: ClientRequest, options: RequestOptions): Target {
  const port = Number(options.port ?? defaultPort(request.protocol));
  const named = request.getHeader('host');
  if (typeof named === 'string' && named !== '') return readTarget(named, defaultPort(request.protocol));
  return { host: String(options.host ?? request.host).toLowerCase(), port };
}

function carryContext(invocation: Invocation, request: ClientRequest): void {
  // Headers given as a flat list are already written out and cannot be added to.
  if (request.headersSent) return;
  const given = request.getHeader('traceparent') !== undefined;
  for (const [name, value] of Object.entries(invocation.outgoingHeaders)) {
    if (name === 'tracestate' && given) continue;
    if (request.getHeader(name) === undefined) request.setHeader(name, value);
  }
}

function strike(
  invocation: Invocation,
  request: ClientRequest,
  target: Target,
  fault: Fault,
  go: () => void,
): boolean {
  const unsent = request as unknown as Unsent;
  if (fault.kind === 'latency') {
    const ms = latencyWithin(invocation, fault.ms);
    if (ms <= 0) return false;
    invocation.injected = 'latency';
    delay(request, ms, () => {
      // A request that was given up meanwhile must not reach the upstream.
      if (request.destroyed) return unsent.onSocket(null);
      try {
        go();
      } catch (error) {
        unsent.onSocket(null, error as Error);
      }
    });
    return true;
  }
  invocation.injected = 'error';
  if (fault.status === undefined) unsent.onSocket(null, refusal(target, fault.message));
  else unsent.onSocket(answering(fault.status, request.method === 'HEAD' ? '' : fault.message));
  return true;
}

/**
 * Waits before the request gets its socket, and lets the caller's own time limit and abort work meanwhile: without a
 * socket they would be noticed only afterwards.
 */
function delay(request: ClientRequest, ms: number, proceed: () => void): void {
  const { destroy, setTimeout } = request;
  let timeout: ReturnType<typeof startTimer> | undefined;
  const timeLimit = (limitMs: number) => {
    if (timeout !== undefined) stopTimer(timeout);
    timeout = limitMs > 0 && limitMs < ms ? startTimer(() => request.emit('timeout'), limitMs) : undefined;
  };
  const wake = sleepUnderLease(ms, () => {
    if (timeout !== undefined) stopTimer(timeout);
    request.destroy = destroy;
    request.setTimeout = setTimeout;
    proceed();
  });
  request.destroy = (error) => {
    const destroyed = destroy.call(request, error);
    wake();
    return destroyed;
  };
  request.setTimeout = (limitMs, callback) => {
    timeLimit(limitMs);
    return setTimeout.call(request, limitMs, callback);
  };
  timeLimit(Number((request as { timeout?: number }).timeout ?? 0));
}

/** A connection that swallows the request and gives one answer: the upstream is never touched. */
function answering(status: number, message: string): Duplex {
  const { STATUS_CODES } = process.getBuiltinModule('node:http');
  const { Duplex } = process.getBuiltinModule('node:stream');
  const body = message === '' ? '' : JSON.stringify({ message });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  const connection = new Duplex({
    write: (_chunk, _encoding, done) => done(),
    read() {
      this.push(`${head.join('\r\n')}\r\n\r\n${body}`);
      this.push(null);
    },
  });
  // What the HTTP client asks of a network socket.
  const same = () => connection;
  return Object.assign(connection, {
    setTimeout: same,
    setKeepAlive: same,
    setNoDelay: same,
    ref: same,
    unref: same,
  });
}
