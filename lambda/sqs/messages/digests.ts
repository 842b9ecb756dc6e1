import { hash } from 'node:crypto';
import type { MessageAttributes } from '../tables.ts';

export function md5OfBody(body: string): string {
  return hash('md5', body, 'hex');
}

/**
 * MD5 over the attributes in the order of their names: name, data type, and value, each with its length before it;
 * undefined when there are none.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const parts = names.flatMap((name) => {
    const { DataType, StringValue, BinaryValue } = attributes[name] ?? { DataType: '' };
    const binary = BinaryValue !== undefined;
    const value = binary ? Buffer.from(BinaryValue, 'base64') : Buffer.from(StringValue ?? '');
    const kind = Buffer.from([binary ? 2 : 1]);
    return [...counted(Buffer.from(name)), ...counted(Buffer.from(DataType)), kind, ...counted(value)];
  });
  return hash('md5', Buffer.concat(parts), 'hex');
}

function counted(bytes: Buffer): [Buffer, Buffer] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}
