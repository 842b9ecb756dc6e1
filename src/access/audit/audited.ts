import type { Caller } from '../caller.ts';
import type { Named } from '../operation.ts';
import { type Perform, perform, prepare } from '../perform.ts';
import { partsOf } from '../route.ts';
import type { AuditedCall, Recorder } from './recorder.ts';

/**
 * Performs operations and records every call of one that changes something, rejected calls included.
 * Throws what the operation throws, and the Problems of `Recorder`.
 */
export function auditedPerform(recorder: Recorder): Perform {
  return async (operation, given, caller) => {
    if (operation.effect === 'reads') return perform(operation, given, caller);
    const call = callOf(operation, given, caller);
    let ready: ReturnType<typeof prepare<typeof operation>>;
    try {
      ready = prepare(operation, given, caller);
    } catch (error) {
      await recorder.refused(call, error);
      throw error;
    }
    return recorder.recorded(call, ready.run, { urgent: operation.urgent === true });
  };
}

/** What is known of a call before its input is validated. */
function callOf({ name, route }: Named, given: unknown, caller: Caller): AuditedCall {
  const fields = (given ?? {}) as Readonly<Record<string, unknown>>;
  const text = (field: string) => (typeof fields[field] === 'string' ? fields[field] : undefined);
  const subject = partsOf(route)
    .parameters.map(text)
    .filter((part) => part !== undefined)
    .join(' ');
  return { caller, operation: name, subject, reason: text('reason') };
}
