import { QueueError } from '../errors.ts';
import type { Receipt } from './message-store.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a receiver holds of a message: opaque to it, and good for this queue alone. */
export function receiptHandle(queue: string, { messageId, receipt }: Receipt): string {
  return Buffer.from(`${messageId} ${receipt} ${queue}`).toString('base64url');
}

/** Throws ReceiptHandleIsInvalid for what is no handle of this queue. */
export function receiptIn(queue: string, handle: string): Receipt {
  const [messageId = '', receipt = '', of] = Buffer.from(handle, 'base64url').toString('utf8').split(' ');
  if (of === queue && UUID.test(messageId) && UUID.test(receipt)) return { messageId, receipt };
  const message = `The input receipt handle "${handle}" is not a valid receipt handle.`;
  throw new QueueError('ReceiptHandleIsInvalid', message);
}
