import type { Fault } from '../../../sdk/src/core/lease.ts';
import type { Field } from '../../lib/yaml-file.ts';
import type { Treatment, TreatmentKind } from '../treatment.ts';

export interface FaultTreatment extends Treatment {
  readonly kind: 'fault';
  readonly fault: Fault;
}

/** A latency or an error that the SDK injects into a function while the function holds a lease. */
export const faultKind: TreatmentKind<FaultTreatment> = {
  key: 'fault',
  example: '{kind: latency, ms: 800}',
  read: (field) => ({ kind: 'fault', fault: readFault(field) }),
  describe({ fault }, functionName) {
    const where =
      fault.dependency === undefined
        ? `in ${functionName}`
        : `on calls of ${functionName} to ${fault.dependency}`;
    if (fault.kind === 'latency') return `${fault.ms} ms latency ${where}`;
    const what =
      fault.status === undefined ? `error "${fault.message}"` : `HTTP ${fault.status} "${fault.message}"`;
    return `${what} ${where}`;
  },
  detail: ({ fault }) => ({ ...fault }),
  delayMs: ({ fault }) => (fault.kind === 'latency' ? fault.ms : 0),
  control: ({ leases }) => leases,
};

function readFault(field: Field): Fault {
  const input = field.fields(['kind', 'ms', 'status', 'message', 'dependency']);
  const kind = input.need('kind', 'latency').oneOf(['latency', 'error']);
  const ms = input.get('ms')?.number();
  const status = input.get('status')?.number();
  const message = input.get('message')?.text(MAX_TEXT_LENGTH);
  const dependency = input.get('dependency')?.text(MAX_TEXT_LENGTH);
  const result = faultFrom({
    kind,
    ...(ms === undefined ? {} : { ms }),
    ...(status === undefined ? {} : { status }),
    ...(message === undefined ? {} : { message }),
    ...(dependency === undefined ? {} : { dependency }),
  });
  if ('fault' in result) return result.fault;
  const { field: name, message: complaint } = result.problem;
  return (input.get(name) ?? field).fail(input.get(name) ? complaint : `"${name}" is missing: ${complaint}`);
}

/** An unvalidated fault from an experiment file. */
export interface FaultInput {
  kind: 'latency' | 'error';
  ms?: number;
  status?: number;
  message?: string;
  dependency?: string;
}

/** The longest time a function may run (AWS Lambda quotas). */
const MAX_LATENCY_MS = 900_000;
const MAX_MESSAGE_LENGTH = 200;
const MAX_TEXT_LENGTH = 2_000;
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
    const valid = ms !== undefined && Number.isInteger(ms) && ms >= 1 && ms <= MAX_LATENCY_MS;
    return valid
      ? undefined
      : {
          field: 'ms',
          message: `must be a whole number of milliseconds from 1 to ${MAX_LATENCY_MS}, for example 800`,
        };
  }
  if (ms !== undefined) return { field: 'ms', message: 'an error has no ms: remove it, or use kind latency' };
  if (status !== undefined && !(Number.isInteger(status) && status >= 400 && status <= 599)) {
    return { field: 'status', message: 'must be an HTTP status from 400 to 599, for example 503' };
  }
  if (message !== undefined && (message === '' || message.length > MAX_MESSAGE_LENGTH)) {
    return { field: 'message', message: `must have 1 to ${MAX_MESSAGE_LENGTH} characters` };
  }
  return undefined;
}
