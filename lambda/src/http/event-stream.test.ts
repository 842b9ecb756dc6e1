import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { invokeComplete, payloadChunk } from './event-stream.ts';

test('a message is lengths, headers, payload, and two checksums', () => {
  const message = payloadChunk(Buffer.from('hi'));
  assert.equal(message.readUInt32BE(0), message.length);
  const headerBytes = message.readUInt32BE(4);
  assert.equal(message.readUInt32BE(8), crc32(message.subarray(0, 8)));
  const headers = message.subarray(12, 12 + headerBytes);
  // :event-type is 11 letters, a text (7) of 12.
  assert.deepEqual([...headers.subarray(0, 1)], [11]);
  assert.equal(headers.toString('latin1', 1, 12), ':event-type');
  assert.deepEqual([...headers.subarray(12, 15)], [7, 0, 12]);
  assert.equal(headers.toString('latin1', 15, 27), 'PayloadChunk');
  assert.equal(message.toString('latin1', 12 + headerBytes, message.length - 4), 'hi');
  assert.equal(message.readUInt32BE(message.length - 4), crc32(message.subarray(0, -4)));
});

test('the end says what went wrong, as JSON', () => {
  const message = invokeComplete({ ErrorCode: 'E', ErrorDetails: '{}' });
  const from = 12 + message.readUInt32BE(4);
  assert.deepEqual(JSON.parse(message.toString('utf8', from, message.length - 4)), {
    ErrorCode: 'E',
    ErrorDetails: '{}',
  });
});
