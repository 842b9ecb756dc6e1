import { traceHeaderFrom } from '../../src/invocations/lineage.ts';
import { MAX_MESSAGES_RECEIVED, MAX_VISIBILITY_SECONDS, MAX_WAIT_SECONDS } from '../../src/limits.ts';
import { missing, QueueError, unsupported } from '../errors.ts';
import { type Input, optionalNumberOf, optionalTextOf, textOf, textsOf } from '../input.ts';
import { checkSize, messageFrom, receivedMessage, sent } from '../messages/message.ts';
import type { NewMessage } from '../messages/message-store.ts';
import { receiptIn } from '../messages/receipt-handle.ts';
import type { Queues } from '../queues.ts';
import { type QueueCall, type QueueOperation, queueNameOf } from './operation.ts';

export const MESSAGE_OPERATIONS: readonly QueueOperation[] = [
  { name: 'SendMessage', run: send },
  { name: 'ReceiveMessage', run: receive },
  { name: 'DeleteMessage', run: remove },
  { name: 'ChangeMessageVisibility', run: changeVisibility },
];

async function send(call: QueueCall): Promise<object> {
  const queue = await call.queues.find(queueNameOf(call));
  const message = messageFrom(call.input);
  checkSize(queue, message);
  const [messageId = ''] = await put(call, queue.name, [message]);
  return sent(messageId, message);
}

/**
 * Puts messages into a queue, in one transaction; returns their ids. One that has no trace header of its own goes on with
 * that of its request.
 * Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html
 */
export async function put(
  { queues, traceHeader }: QueueCall,
  queue: string,
  messages: readonly NewMessage[],
): Promise<string[]> {
  const usual = traceHeaderFrom(traceHeader);
  return await queues.send(
    queue,
    messages.map((message) => ({ ...message, traceHeader: message.traceHeader ?? usual })),
  );
}

async function receive(call: QueueCall): Promise<object> {
  const { queues, input, signal } = call;
  const queue = await queues.find(queueNameOf(call));
  if (optionalTextOf(input, 'ReceiveRequestAttemptId') !== undefined) {
    throw unsupported('ReceiveRequestAttemptId');
  }
  const messages = await queues.receive(
    queue.name,
    {
      most: mostOf(input),
      visibilitySeconds: visibilityOf(input),
      waitSeconds: waitOf(input) ?? queue.waitSeconds,
    },
    signal,
  );
  const asked = {
    system: [...textsOf(input, 'AttributeNames'), ...textsOf(input, 'MessageSystemAttributeNames')],
    message: textsOf(input, 'MessageAttributeNames'),
  };
  if (messages.length === 0) return {};
  return { Messages: messages.map((one) => receivedMessage(queues.account, queue.name, one, asked)) };
}

async function remove(call: QueueCall): Promise<undefined> {
  const { name } = await call.queues.find(queueNameOf(call));
  await call.queues.delete(name, [receiptIn(name, textOf(call.input, 'ReceiptHandle'))]);
  return undefined;
}

async function changeVisibility(call: QueueCall): Promise<undefined> {
  const { name } = await call.queues.find(queueNameOf(call));
  await changeOne(call.queues, name, call.input);
  return undefined;
}

/** Throws AWS's errors of ChangeMessageVisibility. */
export async function changeOne(queues: Queues, name: string, input: Input): Promise<void> {
  const handle = textOf(input, 'ReceiptHandle');
  const seconds = visibilityOf(input);
  if (seconds === undefined) throw missing('VisibilityTimeout');
  if (await queues.changeVisibility(name, receiptIn(name, handle), seconds)) return;
  throw new QueueError(
    'MessageNotInflight',
    `Message does not exist or is not available for visibility timeout change.`,
  );
}

function mostOf(input: Input): number {
  const range = [1, MAX_MESSAGES_RECEIVED] as const;
  const reason = `Must be between 1 and ${MAX_MESSAGES_RECEIVED}, if provided.`;
  return optionalNumberOf(input, 'MaxNumberOfMessages', range, reason) ?? 1;
}

function visibilityOf(input: Input): number | undefined {
  const reason = `Must be >= 0 and <= ${MAX_VISIBILITY_SECONDS}, if provided.`;
  return optionalNumberOf(input, 'VisibilityTimeout', [0, MAX_VISIBILITY_SECONDS], reason);
}

function waitOf(input: Input): number | undefined {
  const reason = `Must be >= 0 and <= ${MAX_WAIT_SECONDS}, if provided.`;
  return optionalNumberOf(input, 'WaitTimeSeconds', [0, MAX_WAIT_SECONDS], reason);
}
