import type { NewMessage } from '../../sqs/messages/message-store.ts';
import { MAX_DEAD_LETTER_ERROR_BYTES } from '../limits.ts';
import { type Ended, type Refusal, refusalOf, traceAfter } from './ended.ts';

/**
 * The message that a dead-letter queue gets: the event as it was sent, and why it failed in attributes.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
 */
export function deadLetter(ended: Ended): NewMessage {
  const { event, answer } = ended;
  const { status, message } = answer ? errorOf(answer.outcome.payload) : refusalOf(ended);
  return {
    body: Buffer.from(event.payload).toString('utf8'),
    attributes: {
      RequestID: { DataType: 'String', StringValue: event.requestId },
      ...(status !== undefined && { ErrorCode: { DataType: 'Number', StringValue: String(status) } }),
      ErrorMessage: { DataType: 'String', StringValue: permitted(message) },
    },
    traceHeader: traceAfter(event),
  };
}

/** Lambda answers 200 also when a function fails. */
function errorOf(payload: Buffer): Refusal {
  const text = payload.toString('utf8');
  try {
    const { errorMessage } = JSON.parse(text) as { errorMessage?: unknown };
    return { status: 200, message: typeof errorMessage === 'string' ? errorMessage : text };
  } catch {
    return { status: 200, message: text };
  }
}

/** The first KB of a text in the characters that a message may have; an attribute must not be empty. */
function permitted(message: string): string {
  const written = message.toWellFormed().replace(/[^\t\n\r\u0020-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
  const cut = Buffer.from(written).subarray(0, MAX_DEAD_LETTER_ERROR_BYTES).toString('utf8');
  // The cut may have halved a character.
  return cut.replace(/\ufffd$/, '') || 'Unknown';
}
