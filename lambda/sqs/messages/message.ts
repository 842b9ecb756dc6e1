/** Messages between the API's form and ours. */
import type { Account } from '../../src/catalog/names.ts';
import { traceHeaderFrom } from '../../src/invocations/lineage.ts';
import {
  MAX_DELAY_SECONDS,
  MAX_MESSAGE_ATTRIBUTE_NAME,
  MAX_MESSAGE_ATTRIBUTES,
  MAX_TRACE_HEADER,
} from '../../src/limits.ts';
import { invalidValue, QueueError, unsupported } from '../errors.ts';
import { type Input, isObject, optionalNumberOf, optionalTextOf, textOf, unreadable } from '../input.ts';
import { queueArn } from '../names.ts';
import type { Queue } from '../queue-store.ts';
import type { MessageAttribute, MessageAttributes } from '../tables.ts';
import { md5OfAttributes, md5OfBody } from './digests.ts';
import type { NewMessage, ReceivedMessage } from './message-store.ts';
import { receiptHandle } from './receipt-handle.ts';

/** The characters that a message may have: those of XML 1.0. */
const CONTENT = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
const ATTRIBUTE_NAME = /^(?!\.)(?!.*\.\.)[A-Za-z0-9_.-]+(?<!\.)$/;
const DATA_TYPE = /^(String|Number|Binary)(\.[^\s]{1,248})?$/;
const TRACE_HEADER = 'AWSTraceHeader';

/** Reads the message of a request. Throws AWS's errors of SendMessage. */
export function messageFrom(input: Input): NewMessage {
  const body = textOf(input, 'MessageBody');
  if (!CONTENT.test(body)) throw badContents('The message contains characters outside the allowed set.');
  for (const member of ['MessageDeduplicationId', 'MessageGroupId']) {
    if (optionalTextOf(input, member) !== undefined) throw unsupported(member);
  }
  const range = [0, MAX_DELAY_SECONDS] as const;
  const reason = `DelaySeconds must be >= 0 and <= ${MAX_DELAY_SECONDS}.`;
  return {
    body,
    attributes: attributesFrom(input.MessageAttributes ?? {}),
    delaySeconds: optionalNumberOf(input, 'DelaySeconds', range, reason),
    traceHeader: traceHeaderIn(input.MessageSystemAttributes ?? {}),
  };
}

/** Bytes that count against the limits: the body and the names, types and values of the attributes. */
export function sizeOf({ body, attributes }: Pick<NewMessage, 'body' | 'attributes'>): number {
  let bytes = Buffer.byteLength(body);
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType) + Buffer.byteLength(StringValue ?? '');
    bytes += BinaryValue === undefined ? 0 : Buffer.byteLength(BinaryValue, 'base64');
  }
  return bytes;
}

/** Throws when the message is above what its queue takes. */
export function checkSize(queue: Queue, message: NewMessage): void {
  if (sizeOf(message) <= queue.largestMessageBytes) return;
  throw new QueueError(
    'InvalidParameterValueException',
    `One or more parameters are invalid. Reason: Message must be shorter than ${queue.largestMessageBytes} bytes.`,
  );
}

/** What the sender of a message is told about it. */
export function sent(messageId: string, { body, attributes, traceHeader }: NewMessage): object {
  const system: MessageAttributes =
    traceHeader === undefined ? {} : { [TRACE_HEADER]: { DataType: 'String', StringValue: traceHeader } };
  return {
    MessageId: messageId,
    MD5OfMessageBody: md5OfBody(body),
    MD5OfMessageAttributes: md5OfAttributes(attributes),
    MD5OfMessageSystemAttributes: md5OfAttributes(system),
  };
}

/** Which attributes a receiver asked for. */
export interface AskedAttributes {
  system: readonly string[];
  /** Names, prefixes such as `bar.*`, or `All`. */
  message: readonly string[];
}

/** AWS's `Message`. */
export function receivedMessage(
  account: Account,
  queue: string,
  message: ReceivedMessage,
  asked: AskedAttributes,
): object {
  const system = systemAttributes(account, message);
  const wanted = Object.entries(system).filter(
    ([name]) => asked.system.includes('All') || asked.system.includes(name),
  );
  const attributes = askedFor(message.attributes, asked.message);
  return {
    MessageId: message.messageId,
    ReceiptHandle: receiptHandle(queue, message),
    MD5OfBody: md5OfBody(message.body),
    Body: message.body,
    Attributes: wanted.length > 0 ? Object.fromEntries(wanted) : undefined,
    MD5OfMessageAttributes: md5OfAttributes(attributes),
    MessageAttributes: Object.keys(attributes).length > 0 ? attributes : undefined,
  };
}

/**
 * What the queue itself says of a message. The sender is the account: there is one key here.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
export function systemAttributes(account: Account, message: ReceivedMessage): Record<string, string> {
  const { deadLetterSource, traceHeader } = message;
  return {
    ApproximateReceiveCount: String(message.receiveCount),
    ...(traceHeader !== null && { [TRACE_HEADER]: traceHeader }),
    SentTimestamp: String(message.sentAt.getTime()),
    SenderId: account.accountId,
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt.getTime()),
    ...(deadLetterSource !== null && { DeadLetterQueueSourceArn: queueArn(account, deadLetterSource) }),
  };
}

function askedFor(attributes: MessageAttributes, asked: readonly string[]): MessageAttributes {
  const wants = (name: string) =>
    asked.some(
      (one) =>
        one === 'All' ||
        one === '.*' ||
        one === name ||
        (one.endsWith('.*') && name.startsWith(one.slice(0, -1))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => wants(name)));
}

function attributesFrom(value: unknown): MessageAttributes {
  if (!isObject(value)) throw unreadable('MessageAttributes', 'a map');
  const entries = Object.entries(value);
  if (entries.length > MAX_MESSAGE_ATTRIBUTES) {
    throw new QueueError(
      'InvalidParameterValueException',
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${MAX_MESSAGE_ATTRIBUTES}].`,
    );
  }
  return Object.fromEntries(entries.map(([name, attribute]) => [name, attributeFrom(name, attribute)]));
}

function attributeFrom(name: string, value: unknown): MessageAttribute {
  if (!isObject(value)) throw unreadable(`The message attribute '${name}'`, 'a structure');
  if (
    name.length > MAX_MESSAGE_ATTRIBUTE_NAME ||
    !ATTRIBUTE_NAME.test(name) ||
    /^(aws|amazon)\./i.test(name)
  ) {
    throw badAttribute(`Message attribute name '${name}' is invalid.`);
  }
  const DataType = optionalTextOf(value, 'DataType') ?? '';
  const type = DATA_TYPE.exec(DataType)?.[1];
  if (type === undefined) throw badAttribute(`The type of message attribute '${name}' is invalid.`);
  if (type === 'Binary') {
    const BinaryValue = optionalTextOf(value, 'BinaryValue');
    if (BinaryValue) return { DataType, BinaryValue };
  } else {
    const StringValue = optionalTextOf(value, 'StringValue');
    if (StringValue) return { DataType, StringValue: checkedText(name, type, StringValue) };
  }
  throw badAttribute(
    `The message attribute '${name}' must contain a non-empty message attribute value for message attribute type '${type}'.`,
  );
}

function checkedText(name: string, type: string, text: string): string {
  if (!CONTENT.test(text)) throw badContents(`Invalid characters found in the message attribute '${name}'.`);
  if (type !== 'Number' || (text.trim() !== '' && Number.isFinite(Number(text)))) return text;
  throw badAttribute(`Can't cast the value of message attribute '${name}' to a number.`);
}

/** The only system attribute that a sender may set. */
function traceHeaderIn(value: unknown): string | undefined {
  if (!isObject(value)) throw unreadable('MessageSystemAttributes', 'a map');
  for (const [name, attribute] of Object.entries(value)) {
    if (name !== TRACE_HEADER) {
      throw invalidValue(name, 'MessageSystemAttributeName', `it must be ${TRACE_HEADER}.`);
    }
    const header = traceHeaderFrom(attributeFrom(name, attribute).StringValue);
    if (header === undefined) {
      throw invalidValue(
        TRACE_HEADER,
        'MessageSystemAttributes',
        `it must be a trace header of at most ${MAX_TRACE_HEADER} characters.`,
      );
    }
    return header;
  }
  return undefined;
}

function badAttribute(message: string): QueueError {
  return new QueueError('InvalidParameterValueException', message);
}

function badContents(message: string): QueueError {
  return new QueueError('InvalidMessageContents', message);
}
