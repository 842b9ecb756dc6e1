import type { InvokeOutcome } from '../invocations/invocations.ts';
import { withInvocation } from '../invocations/lineage.ts';
import { MAX_RECURSIONS } from '../limits.ts';
import type { EventInvocation } from './event.ts';

/** Why an event is over, in AWS's words. */
export type Condition =
  | 'Success'
  | 'RetriesExhausted'
  | 'EventAgeExceeded'
  | 'ZeroReservedConcurrency'
  | 'RecursiveInvocation';

/** What the function answered in the last attempt. */
export interface Answer {
  outcome: InvokeOutcome;
  executedVersion: string;
}

/** An event that will not be tried any more. */
export interface Ended {
  kind: 'ended';
  event: EventInvocation;
  condition: Condition;
  /** Undefined when the last attempt did not come to the function. */
  answer: Answer | undefined;
  /** ARN of where its invocation record goes; '' for nowhere. */
  destinationArn: string;
  /** ARN of the queue where it goes itself because it failed; '' for nowhere. */
  deadLetterArn: string;
}

/** What is said of an event that did not come to its function: the HTTP status that AWS would answer, and the reason. */
export interface Refusal {
  status: number | undefined;
  message: string;
}

/** The trace header of what follows from an event, also where its function did not run: so every chain comes to its end. */
export function traceAfter({ traceId, functionName }: EventInvocation): string {
  return withInvocation(traceId, functionName);
}

/** The words for an event that ended without an answer of its function. */
export function refusalOf({ condition, event }: Pick<Ended, 'condition' | 'event'>): Refusal {
  if (condition === 'ZeroReservedConcurrency') {
    const message = 'Function not invoked. Function is configured with zero reserved concurrent executions';
    return { status: undefined, message };
  }
  if (condition === 'RecursiveInvocation') {
    return {
      status: 400,
      message: `Lambda has detected your function being invoked in a recursive loop, and stopped it after ${MAX_RECURSIONS} invocations.`,
    };
  }
  if (event.refusals > 0) return { status: 429, message: 'Rate Exceeded.' };
  return { status: undefined, message: 'The event was older than its maximum age.' };
}
