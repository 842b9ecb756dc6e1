/**
 * The AWS JSON 1.0 form of the SQS API.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
 */
import { randomUUID } from 'node:crypto';
import type { ApiAnswer } from '../../src/api/operation.ts';
import { MAX_QUEUE_REQUEST_BYTES } from '../../src/limits.ts';
import { type AroundChange, isUnavailable, type Log } from '../../src/ports.ts';
import { QueueError, unsupported } from '../errors.ts';
import { type Input, isObject, unreadable } from '../input.ts';
import type { Queues } from '../queues.ts';
import { BATCH_OPERATIONS } from './batches.ts';
import { MESSAGE_OPERATIONS } from './messages.ts';
import type { QueueOperation } from './operation.ts';
import { QUEUE_OPERATIONS } from './queues.ts';
import { QUEUE_TAG_OPERATIONS } from './tags.ts';

/** One request of the SQS API, its body complete and its signature verified. */
export interface SqsRequest {
  /** AWS's name of the operation. */
  operation: string;
  host: string;
  /** Of the request; undefined when it has none. */
  traceHeader: string | undefined;
  body: Uint8Array;
  /** Aborted when the caller is gone. */
  signal: AbortSignal;
}

export const SQS_OPERATIONS: readonly QueueOperation[] = [
  ...QUEUE_OPERATIONS,
  ...QUEUE_TAG_OPERATIONS,
  ...MESSAGE_OPERATIONS,
  ...BATCH_OPERATIONS,
];

/** What AWS has and nothing here does yet. */
const NOT_YET = [
  'AddPermission',
  'CancelMessageMoveTask',
  'ListMessageMoveTasks',
  'RemovePermission',
  'StartMessageMoveTask',
];

/** Operations that change queues, rather than messages in them. */
const CHANGES = ['CreateQueue', 'DeleteQueue', 'PurgeQueue', 'SetQueueAttributes', 'TagQueue', 'UntagQueue'];

export interface SqsContext {
  /** Undefined where there is no state engine. */
  queues: Queues | undefined;
  /** Undefined: changes are not recorded. */
  aroundChange: AroundChange | undefined;
  log: Log;
}

/** Answers one request; errors of the API become answers. */
export async function answerSqs(
  { queues, aroundChange, log }: SqsContext,
  { operation: name, host, traceHeader, body, signal }: SqsRequest,
): Promise<ApiAnswer> {
  try {
    const operation = SQS_OPERATIONS.find((one) => one.name === name);
    if (NOT_YET.includes(name)) throw unsupported(name);
    if (!operation) {
      throw new QueueError('UnknownOperationException', `${name} is not an operation of Amazon SQS.`);
    }
    if (!queues) throw unsupported('A queue without a state engine');
    const call = { queues, input: inputIn(body), host, traceHeader, signal };
    if (!aroundChange || !CHANGES.includes(name)) return answerOf(200, await operation.run(call));
    const change = { service: 'sqs', operation: name, subject: subjectOf(call.input) } as const;
    return answerOf(200, await aroundChange(change, () => operation.run(call)));
  } catch (error) {
    return sqsErrorAnswer(known(error, name, log));
  }
}

/** How large a request's body may be, and the answer when it is larger. */
export function sqsRequestLimit(): { bytes: number; refusal(): ApiAnswer } {
  const message = `Request must be smaller than ${MAX_QUEUE_REQUEST_BYTES} bytes.`;
  return {
    bytes: MAX_QUEUE_REQUEST_BYTES,
    refusal: () => sqsErrorAnswer(new QueueError('RequestEntityTooLarge', message)),
  };
}

/** The answer that is an error. */
function sqsErrorAnswer({ type, queryCode, status, message }: QueueError): ApiAnswer {
  const answer = answerOf(status, { __type: `com.amazonaws.sqs#${type}`, message });
  answer.headers['x-amzn-query-error'] = `${queryCode};${status < 500 ? 'Sender' : 'Receiver'}`;
  return answer;
}

function answerOf(status: number, value: object | undefined): ApiAnswer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID() },
    body: Buffer.from(value === undefined ? '' : JSON.stringify(value)),
  };
}

/** The queue that a request names, as far as can be told before it is validated. */
function subjectOf({ QueueName, QueueUrl }: Input): string {
  const named = typeof QueueUrl === 'string' ? QueueUrl.split('/').at(-1) : QueueName;
  return typeof named === 'string' ? named : '';
}

function inputIn(body: Uint8Array): Input {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    throw unreadable('The request body', 'JSON');
  }
  if (!isObject(value)) throw unreadable('The request body', 'a JSON object');
  return value;
}

/** What is no error of the API becomes one that clients try again after. */
function known(error: unknown, operation: string, log: Log): QueueError {
  if (error instanceof QueueError) return error;
  if (isUnavailable(error)) {
    return new QueueError('ServiceUnavailable', error.message);
  }
  log.error({ operation, error: error instanceof Error ? error.stack : error }, 'sqs api');
  return new QueueError('InternalFailure', 'Upstack met an internal error; see its log.');
}
