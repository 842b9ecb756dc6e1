import type { Fault } from '../../../sdk/src/core/lease.ts';

/** What a file may say of a fault before it is checked. */
export interface FaultInput {
  kind: 'latency' | 'error';
  ms?: number;
  status?: number;
  message?: string;
  dependency?: string;
}

/** The longest latency: the longest time a function may run (AWS Lambda quotas). */
const LONGEST_LATENCY_MS = 900_000;
const LONGEST_MESSAGE = 200;
const DEFAULT_MESSAGE = 'injected by Upstack';
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:\d{1,5})?$/i;

/** What is wrong with one field, and what it may be. */
export interface FaultProblem {
  field: keyof FaultInput;
  message: string;
}

/** The fault, or what is wrong with the input. */
export function faultFrom(input: FaultInput): { fault: Fault } | { problem: FaultProblem } {
  const problem = problemOf(input);
  if (problem) return { problem };
  const { kind, ms, status, message, dependency } = input;
  const at = dependency === undefined ? {} : { dependency };
  if (kind === 'latency') return { fault: { kind, ms: ms as number, ...at } };
  return {
    fault: { kind, message: message ?? DEFAULT_MESSAGE, ...(status === undefined ? {} : { status }), ...at },
  };
}

function problemOf({ kind, ms, status, message, dependency }: FaultInput): FaultProblem | undefined {
  if (dependency !== undefined && !HOST.test(dependency)) {
    return {
      field: 'dependency',
      message: `"${dependency}" is not a host: give a name like payments.example.com`,
    };
  }
  if (kind === 'latency') {
    if (status !== undefined)
      return { field: 'status', message: 'a latency has no status: remove it, or use kind error' };
    if (message !== undefined)
      return { field: 'message', message: 'a latency has no message: remove it, or use kind error' };
    const valid = ms !== undefined && Number.isInteger(ms) && ms >= 1 && ms <= LONGEST_LATENCY_MS;
    return valid
      ? undefined
      : {
          field: 'ms',
          message: `must be a whole number of milliseconds from 1 to ${LONGEST_LATENCY_MS}, for example 800`,
        };
  }
  if (ms !== undefined) return { field: 'ms', message: 'an error has no ms: remove it, or use kind latency' };
  if (status !== undefined && !(Number.isInteger(status) && status >= 400 && status <= 599)) {
    return { field: 'status', message: 'must be an HTTP status from 400 to 599, for example 503' };
  }
  if (message !== undefined && (message === '' || message.length > LONGEST_MESSAGE)) {
    return { field: 'message', message: `must have 1 to ${LONGEST_MESSAGE} characters` };
  }
  return undefined;
}
