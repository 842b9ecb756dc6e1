import { type Input, textOf } from '../input.ts';
import { queueNameInUrl, queueUrl } from '../names.ts';
import type { Queues } from '../queues.ts';

/** One request of the SQS API, decoded. */
export interface QueueCall {
  queues: Queues;
  input: Input;
  /** The Host by which the caller reached us; queue URLs carry it. */
  host: string;
  /** A message that has no trace header of its own gets that of its request. */
  traceHeader: string | undefined;
  /** Aborted when the caller is gone. */
  signal: AbortSignal;
}

export interface QueueOperation {
  /** AWS's name of the operation. */
  name: string;
  /** Returns the members of the answer; nothing for an operation that answers nothing. */
  run(call: QueueCall): Promise<object | undefined>;
}

/** The queue that a request is about. Throws MissingParameter, InvalidAddress, QueueDoesNotExist. */
export function queueNameOf({ queues, input }: QueueCall): string {
  return queueNameInUrl(queues.account, textOf(input, 'QueueUrl'));
}

export function urlOf({ queues, host }: QueueCall, name: string): string {
  return queueUrl(queues.account, host, name);
}
