/** The event with which a function processes messages of a queue, and what its answer says of them. */

import { isObject } from '../../sqs/input.ts';
import { md5OfAttributes, md5OfBody } from '../../sqs/messages/digests.ts';
import { systemAttributes } from '../../sqs/messages/message.ts';
import type { ReceivedMessage } from '../../sqs/messages/message-store.ts';
import { receiptHandle } from '../../sqs/messages/receipt-handle.ts';
import { queueArn } from '../../sqs/names.ts';
import type { MessageAttributes } from '../../sqs/tables.ts';
import type { Account } from '../catalog/names.ts';

/** One message as JSON, and its bytes. */
export interface EventRecord {
  message: ReceivedMessage;
  json: string;
  bytes: number;
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
export function eventRecord(account: Account, queue: string, message: ReceivedMessage): EventRecord {
  const json = JSON.stringify({
    messageId: message.messageId,
    receiptHandle: receiptHandle(queue, message),
    body: message.body,
    attributes: systemAttributes(account, message),
    messageAttributes: eventAttributes(message.attributes),
    md5OfMessageAttributes: md5OfAttributes(message.attributes),
    md5OfBody: md5OfBody(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn(account, queue),
    awsRegion: account.region,
  });
  return { message, json, bytes: Buffer.byteLength(json) };
}

export function sqsEvent(records: readonly EventRecord[]): Buffer {
  return Buffer.from(`{"Records":[${records.map(({ json }) => json).join()}]}`);
}

/** Bytes of an event besides its records: the frame, and a comma for each. */
const FRAME_BYTES = 16;

/** Cuts records into events of at most `largestBytes` each. A record alone is never too large: a message is 1 MB at most. */
export function eventsOf(records: readonly EventRecord[], largestBytes: number): EventRecord[][] {
  const events: EventRecord[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const record of records) {
    const more = record.bytes + 1;
    if (bytes + more > largestBytes) {
      events.push([]);
      bytes = FRAME_BYTES;
    }
    bytes += more;
    events.at(-1)?.push(record);
  }
  return events;
}

/**
 * The ids that an answer names as failed; undefined when the whole batch failed, which is also what an answer means that
 * names no such message.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function failedIds(answer: Uint8Array, sent: ReadonlySet<string>): Set<string> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(answer).toString('utf8'));
  } catch {
    return undefined;
  }
  if (value === null) return new Set();
  const failures = isObject(value) ? (value.batchItemFailures ?? []) : [];
  if (!Array.isArray(failures)) return undefined;
  const ids = failures.map((failure) => (isObject(failure) ? failure.itemIdentifier : undefined));
  return ids.every((id) => typeof id === 'string' && sent.has(id)) ? new Set(ids as string[]) : undefined;
}

function eventAttributes(attributes: MessageAttributes): object {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        stringValue: StringValue,
        binaryValue: BinaryValue,
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  );
}
