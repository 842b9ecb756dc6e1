import type { DecodedMessage, MessageReceipt } from '../../signals/product-events/message.ts';
import { decodeMessage } from '../../signals/product-events/message.ts';
import type { SignalRecord } from '../../signals/tables.ts';

type Fields = Record<string, unknown>;

/** The calls of the Segment HTTP API with one message each; a batch may hold all of them. */
export const CALLS = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;
export type Call = (typeof CALLS)[number];

export const LARGEST_BATCH_BYTES = 500 * 1024;
export const MOST_MESSAGES = 2_500;

interface InvalidEvent {
  /** Position in the batch, from 0. */
  index: number;
  messageId: string | null;
  reason: string;
}

export interface DecodedRequest {
  records: SignalRecord[];
  invalid: InvalidEvent[];
}

/** The messages of a request body; a batch's own context stands in where a message has none. */
export function messagesOf(call: Call | 'batch', body: Fields): unknown[] | undefined {
  if (call !== 'batch') return [{ ...body, type: call }];
  if (!Array.isArray(body.batch)) return undefined;
  const { context } = body;
  if (context === undefined) return body.batch;
  return body.batch.map((message) =>
    typeof message === 'object' && message !== null ? { context, ...message } : message,
  );
}

/** Rows of all messages, and what is wrong with those that are invalid. */
export function decodeMessages(messages: readonly unknown[], receipt: MessageReceipt): DecodedRequest {
  const decoded: DecodedRequest = { records: [], invalid: [] };
  for (const [index, message] of messages.entries()) {
    const result: DecodedMessage = decodeMessage(message, receipt);
    if ('records' in result) decoded.records.push(...result.records);
    else decoded.invalid.push({ index, messageId: messageIdOf(message), reason: result.reason });
  }
  return decoded;
}

function messageIdOf(message: unknown): string | null {
  const id = (message as Fields | null)?.messageId;
  return typeof id === 'string' ? id : null;
}
