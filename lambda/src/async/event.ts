/** An event that was accepted and whose invocation has not come to its end. */
export interface EventInvocation {
  /** The same in every attempt. */
  requestId: string;
  functionName: string;
  /** As the caller gave it: an alias is resolved in each attempt. */
  qualifier: string | undefined;
  /** JSON. */
  payload: Uint8Array;
  /** The trace header that came with it. */
  traceId: string;
  clientContext: string | undefined;
  /** Epoch milliseconds. */
  acceptedMs: number;
  /** Attempts that ended in an error of the function. */
  attempts: number;
  /** Since then, attempts that were refused before the function ran: throttles and errors of the service. */
  refusals: number;
}

/** What a caller hands in. */
export type EventInvocationInput = Pick<
  EventInvocation,
  'functionName' | 'qualifier' | 'payload' | 'clientContext'
> & {
  traceId: string | undefined;
};
