import type { Status } from './telemetry/platform-events.ts';

/** How an invocation that did not return ended, as Lambda reports it to the caller. */
export interface Failure {
  /** `Runtime.ExitError`, `Sandbox.Timedout`, or the error's name in the function. */
  errorType: string;
  status: Exclude<Status, 'success'>;
  payload: Buffer;
}

/** The handler or the code around it threw: the runtime client sent the error's description. */
export function thrown(payload: Buffer, headerType: string | undefined): Failure {
  return { status: 'error', payload, errorType: errorTypeOf(payload) ?? headerType ?? 'Unhandled' };
}

/** AWS's text: `2026-01-31T12:00:00.000Z 6e… Task timed out after 3.00 seconds`. */
export function timedOut(requestId: string, atMs: number, seconds: number): Failure {
  const errorMessage = `${new Date(atMs).toISOString()} ${requestId} Task timed out after ${seconds.toFixed(2)} seconds`;
  return { status: 'timeout', errorType: 'Sandbox.Timedout', payload: json({ errorMessage }) };
}

/** The process ended before it answered. */
export function exited(requestId: string, code: number | null, signal: string | null): Failure {
  const how =
    signal !== null
      ? `Runtime exited with error: signal: ${SIGNALS[signal] ?? signal}`
      : code === 0
        ? 'Runtime exited without providing a reason'
        : `Runtime exited with error: exit status ${code}`;
  return {
    status: 'failure',
    errorType: 'Runtime.ExitError',
    payload: json({ errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${how}` }),
  };
}

/** There is no program to start: a package without an executable `bootstrap`. */
export function invalidEntrypoint(requestId: string, command: string): Failure {
  const errorType = 'Runtime.InvalidEntrypoint';
  const errorMessage = `RequestId: ${requestId} Error: Couldn't find valid bootstrap(s): [${command}]`;
  return { status: 'failure', errorType, payload: json({ errorType, errorMessage }) };
}

/** The process was killed because it used more memory than its function has. */
export function outOfMemory(requestId: string): Failure {
  const errorType = 'Runtime.OutOfMemory';
  const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`;
  return { status: 'failure', errorType, payload: json({ errorType, errorMessage }) };
}

/** An extension has failed, and the environment with it. */
export function extensionFailed(requestId: string, errorType: string, detail: string): Failure {
  const errorMessage = `RequestId: ${requestId} Error: ${detail}`;
  return { status: 'failure', errorType, payload: json({ errorType, errorMessage }) };
}

export function responseTooLarge(bytes: string): Failure {
  const errorType = 'Function.ResponseSizeTooLarge';
  const errorMessage = `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (6291556 bytes).`;
  return { status: 'error', errorType, payload: json({ errorType, errorMessage }) };
}

const SIGNALS: Record<string, string> = {
  SIGKILL: 'killed',
  SIGTERM: 'terminated',
  SIGABRT: 'aborted',
  SIGSEGV: 'segmentation fault',
  SIGBUS: 'bus error',
  SIGINT: 'interrupt',
};

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function errorTypeOf(payload: Buffer): string | undefined {
  try {
    const { errorType } = JSON.parse(payload.toString('utf8')) as { errorType?: unknown };
    return typeof errorType === 'string' && errorType !== '' ? errorType : undefined;
  } catch {
    return undefined;
  }
}
