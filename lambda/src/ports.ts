/** What the twin needs from its host, and what it reports to it. The host hands these in; defaults are AWS's behaviour. */
import type { Kysely } from 'kysely';

/** Time, injected so that tests need not wait. */
export interface Clock {
  /** Wall-clock time, epoch milliseconds. */
  now(): number;
  /** Milliseconds from an arbitrary origin; never jumps. */
  monotonic(): number;
}

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * PostgreSQL with the tables of `migrations/`. An error with `status` 503 means that the database does not respond at the
 * moment; other errors are `pg`'s, with their `code`.
 */
export interface StateEngine {
  run<Tables, Result>(work: (database: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /** The same inside one transaction. */
  transaction<Tables, Result>(work: (database: Kysely<Tables>) => Promise<Result>): Promise<Result>;
}

/** Whether the state engine does not respond at the moment, so that the caller should retry. */
export function isUnavailable(error: unknown): error is Error {
  return error instanceof Error && (error as { status?: unknown }).status === 503;
}

/** Keeps one unit (a person, a session) at the same version of an alias with weights. AWS draws for each invocation. */
export interface Units {
  /** The unit in the headers of a function URL's request; may throw on hostile input. */
  ofHeaders(headers: Record<string, string>): string | undefined;
  /** The unit in a client context, which was JSON. */
  ofClientContext(context: unknown): string | undefined;
  /** Whether the unit is in a share (0 to 1) of all units. Deterministic per salt, and monotone in the share. */
  isInShare(salt: string, unit: string, share: number): boolean;
}

/** A call that changes functions or queues. Invocations and messages are not changes. */
export interface Change {
  service: 'lambda' | 'sqs';
  /** AWS's name of the operation: `CreateFunction`. */
  operation: string;
  /** What the request names: a function, a layer, a mapping, a queue. Empty when only the response names it. */
  subject: string;
}

/**
 * Does the work of a change, once, so that a host can record it. The response waits for it. An error with `status` 503
 * makes clients retry. `name` gives the subject that only the response names.
 */
export type AroundChange = <Result>(
  change: Change,
  work: (name: (subject: string) => void) => Promise<Result>,
) => Promise<Result>;

/** What says where a function belongs. */
interface FunctionLabels {
  /** The tags that the function has now, or had when it was deleted. */
  tags: Readonly<Record<string, string>>;
  /** Environment variables of the version. */
  variables: Readonly<Record<string, string>>;
}

/** One ended invocation: the figures of `platform.report`. */
export interface InvocationReport extends FunctionLabels {
  functionName: string;
  version: string;
  requestId: string;
  instance: string;
  /** When the function got the invocation, epoch milliseconds. */
  startMs: number;
  durationMs: number;
  billedMs: number;
  /** By AWS's public prices. */
  costUsd: number;
  memoryMb: number;
  maxMemoryMb: number;
  /** The caller waited for the environment's initialisation. */
  coldStart: boolean;
  /** Duration of the environment's initialisation, with its first invocation only. */
  initMs: number | undefined;
  initType: 'on-demand' | 'provisioned-concurrency';
  status: 'success' | 'error' | 'timeout';
  /** Status of the HTTP response, when invoked through a function URL. */
  httpStatus: number | undefined;
  errorType: string;
}

/** One line that a function, or an extension beside it, wrote to standard output or error. */
export interface FunctionLogLine extends FunctionLabels {
  source: 'function' | 'extension';
  functionName: string;
  version: string;
  instance: string;
  requestId: string;
  atMs: number;
  line: string;
}
