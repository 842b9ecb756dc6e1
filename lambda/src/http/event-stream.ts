import { crc32 } from 'node:zlib';

/**
 * A message of `application/vnd.amazon.eventstream`, the framing in which InvokeWithResponseStream answers: lengths and
 * headers, each with a CRC-32, then the payload and a CRC-32 of all. Every header here is a text (type 7).
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html (the same encoding)
 */
function eventMessage(headers: Record<string, string>, payload: Uint8Array): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => headerBytes(name, value)));
  const size = PRELUDE_BYTES + head.length + payload.length + CRC_BYTES;
  const message = Buffer.alloc(size);
  message.writeUInt32BE(size, 0);
  message.writeUInt32BE(head.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  head.copy(message, PRELUDE_BYTES);
  message.set(payload, PRELUDE_BYTES + head.length);
  message.writeUInt32BE(crc32(message.subarray(0, size - CRC_BYTES)), size - CRC_BYTES);
  return message;
}

const PRELUDE_BYTES = 12;
const CRC_BYTES = 4;
const TEXT = 7;

function headerBytes(name: string, value: string): Buffer {
  const [key, text] = [Buffer.from(name), Buffer.from(value)];
  const bytes = Buffer.alloc(4 + key.length + text.length);
  bytes.writeUInt8(key.length, 0);
  key.copy(bytes, 1);
  bytes.writeUInt8(TEXT, 1 + key.length);
  bytes.writeUInt16BE(text.length, 2 + key.length);
  text.copy(bytes, 4 + key.length);
  return bytes;
}

/** A part of a streamed response. */
export function payloadChunk(part: Uint8Array): Buffer {
  return eventMessage(
    {
      ':event-type': 'PayloadChunk',
      ':content-type': 'application/octet-stream',
      ':message-type': 'event',
    },
    part,
  );
}

/** The end of a streamed response: what went wrong, if anything did, and the log tail in base64 if it was asked for. */
export interface InvokeComplete {
  ErrorCode?: string;
  ErrorDetails?: string;
  LogResult?: string;
}

export function invokeComplete(complete: InvokeComplete): Buffer {
  return eventMessage(
    { ':event-type': 'InvokeComplete', ':content-type': 'application/json', ':message-type': 'event' },
    Buffer.from(JSON.stringify(complete)),
  );
}
