import { MAX_BATCH_ENTRIES, MAX_MESSAGE_BYTES } from '../../src/limits.ts';
import { QueueError } from '../errors.ts';
import { type Input, isObject, textOf, unreadable } from '../input.ts';
import { checkSize, messageFrom, sent, sizeOf } from '../messages/message.ts';
import type { NewMessage } from '../messages/message-store.ts';
import { receiptIn } from '../messages/receipt-handle.ts';
import { changeOne, put } from './messages.ts';
import { type QueueCall, type QueueOperation, queueNameOf } from './operation.ts';

export const BATCH_OPERATIONS: readonly QueueOperation[] = [
  { name: 'SendMessageBatch', run: send },
  { name: 'DeleteMessageBatch', run: remove },
  { name: 'ChangeMessageVisibilityBatch', run: changeVisibility },
];

interface Entry {
  id: string;
  input: Input;
}

/** Entries that failed are told; the others are done. */
class BatchResult {
  readonly Successful: object[] = [];
  readonly Failed: object[] = [];

  /** Does one entry. An error of the API fails this entry alone. */
  async settle({ id }: Entry, work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof QueueError)) throw error;
      this.Failed.push({
        Id: id,
        SenderFault: error.status < 500,
        Code: error.queryCode,
        Message: error.message,
      });
    }
  }
}

/** Messages in their order, in one transaction. */
async function send(call: QueueCall): Promise<object> {
  const queue = await call.queues.find(queueNameOf(call));
  const entries = entriesOf(call.input, 'SendMessageBatchRequestEntry');
  const result = new BatchResult();
  const good: { id: string; message: NewMessage }[] = [];
  let bytes = 0;
  for (const entry of entries) {
    await result.settle(entry, () => {
      const message = messageFrom(entry.input);
      bytes += sizeOf(message);
      checkSize(queue, message);
      good.push({ id: entry.id, message });
    });
  }
  if (bytes > MAX_MESSAGE_BYTES) {
    const message = `Batch requests cannot be longer than ${MAX_MESSAGE_BYTES} bytes. You have sent ${bytes} bytes.`;
    throw new QueueError('BatchRequestTooLong', message);
  }
  const ids = await put(
    call,
    queue.name,
    good.map(({ message }) => message),
  );
  good.forEach(({ id, message }, i) => {
    result.Successful.push({ Id: id, ...sent(ids[i] ?? '', message) });
  });
  return result;
}

async function remove(call: QueueCall): Promise<object> {
  const { name } = await call.queues.find(queueNameOf(call));
  const result = new BatchResult();
  for (const entry of entriesOf(call.input, 'DeleteMessageBatchRequestEntry')) {
    await result.settle(entry, async () => {
      await call.queues.delete(name, [receiptIn(name, textOf(entry.input, 'ReceiptHandle'))]);
      result.Successful.push({ Id: entry.id });
    });
  }
  return result;
}

async function changeVisibility(call: QueueCall): Promise<object> {
  const { name } = await call.queues.find(queueNameOf(call));
  const result = new BatchResult();
  for (const entry of entriesOf(call.input, 'ChangeMessageVisibilityBatchRequestEntry')) {
    await result.settle(entry, async () => {
      await changeOne(call.queues, name, entry.input);
      result.Successful.push({ Id: entry.id });
    });
  }
  return result;
}

/** Throws what AWS says of a batch as a whole. */
function entriesOf(input: Input, kind: string): Entry[] {
  const values = input.Entries ?? [];
  if (!Array.isArray(values) || !values.every(isObject)) throw unreadable('Entries', 'a list of structures');
  if (values.length === 0) {
    throw new QueueError('EmptyBatchRequest', `There should be at least one ${kind} in the request.`);
  }
  if (values.length > MAX_BATCH_ENTRIES) {
    const message = `Maximum number of entries per request are ${MAX_BATCH_ENTRIES}. You have sent ${values.length}.`;
    throw new QueueError('TooManyEntriesInBatchRequest', message);
  }
  const entries = values.map((value) => ({ id: textOf(value, 'Id'), input: value }));
  const ids = new Set<string>();
  for (const { id } of entries) {
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(id)) {
      const message =
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.';
      throw new QueueError('InvalidBatchEntryId', message);
    }
    if (ids.has(id)) throw new QueueError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
    ids.add(id);
  }
  return entries;
}
