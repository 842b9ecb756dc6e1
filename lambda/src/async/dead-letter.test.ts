import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answer, ended } from '../../test/support/ended-events.ts';
import { deadLetter } from './dead-letter.ts';

test('a dead letter is the event, with its id, status and message', () => {
  const failed = answer(false, '{"errorMessage":"no","errorType":"Error"}');
  const letter = deadLetter(ended('RetriesExhausted', '{"orders":[1]}', failed));
  assert.equal(letter.body, '{"orders":[1]}');
  assert.deepEqual(letter.attributes, {
    RequestID: { DataType: 'String', StringValue: 'e4b46cbf-b738-4880-8880-a18cdf61200e' },
    ErrorCode: { DataType: 'Number', StringValue: '200' },
    ErrorMessage: { DataType: 'String', StringValue: 'no' },
  });
  const stopped = deadLetter(ended('ZeroReservedConcurrency', '1')).attributes;
  assert.equal(stopped.ErrorCode, undefined);
  assert.match(stopped.ErrorMessage?.StringValue ?? '', /zero reserved concurrent executions/);
  const throttled = deadLetter(ended('EventAgeExceeded', '1', undefined, 1)).attributes;
  assert.deepEqual(
    [throttled.ErrorCode?.StringValue, throttled.ErrorMessage?.StringValue],
    ['429', 'Rate Exceeded.'],
  );
});

test('whatever a function says, the message of a dead letter is 1 to 1,024 bytes of characters that SQS takes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (errorMessage) => {
      const failed = answer(false, JSON.stringify({ errorMessage }));
      const text =
        deadLetter(ended('RetriesExhausted', '1', failed)).attributes.ErrorMessage?.StringValue ?? '';
      const bytes = Buffer.byteLength(text);
      assert.ok(bytes >= 1 && bytes <= 1_024, `${bytes} bytes`);
      assert.ok(text.isWellFormed());
      assert.ok(
        [...text].every((one) => (one >= ' ' || '\t\n\r'.includes(one)) && !/[\ufffe\uffff]/.test(one)),
      );
    }),
  );
});
