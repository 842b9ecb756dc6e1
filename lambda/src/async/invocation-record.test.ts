import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answer, ended, NOW } from '../../test/support/ended-events.ts';
import type { Ended } from './ended.ts';
import { invocationRecord } from './invocation-record.ts';

const ARN = 'arn:aws:lambda:eu-west-1:000000000000:function:cart:live';

const record = (given: Ended) => invocationRecord(given, ARN, NOW);

test('the record of an event that failed is the one in the documentation of AWS', () => {
  const failed = answer(false, '{"errorMessage":"no","errorType":"Error"}');
  assert.deepEqual(JSON.parse(record(ended('RetriesExhausted', '{"orders":[1]}', failed))), {
    version: '1.0',
    timestamp: '2026-01-31T12:00:00.000Z',
    requestContext: {
      requestId: 'e4b46cbf-b738-4880-8880-a18cdf61200e',
      functionArn: ARN,
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    requestPayload: { orders: [1] },
    responseContext: { statusCode: 200, executedVersion: '7', functionError: 'Unhandled' },
    responsePayload: { errorMessage: 'no', errorType: 'Error' },
  });
});

test('a success has no error, and what never ran has no response', () => {
  const { responseContext } = JSON.parse(record(ended('Success', '1', answer(true, '2'))));
  assert.deepEqual(responseContext, { statusCode: 200, executedVersion: '7' });
  const members = (given: Ended) => Object.keys(JSON.parse(record(given)));
  const without = ['version', 'timestamp', 'requestContext', 'requestPayload'];
  assert.deepEqual(members(ended('ZeroReservedConcurrency', '1')), without);
  assert.deepEqual(members(ended('EventAgeExceeded', '1')), without);
  const throttled = JSON.parse(record(ended('EventAgeExceeded', '1', undefined, 4)));
  assert.deepEqual(throttled.responseContext, { statusCode: 429 });
});

test('payloads stand in the record as they were sent', () => {
  const large = '{"id": 12345678901234567890123, "e": 1e400}';
  assert.ok(record(ended('Success', large, answer(true, large))).includes(`"requestPayload":${large}`));
  const text = JSON.parse(record(ended('Success', '1', answer(true, 'no json'))));
  assert.equal(text.responsePayload, 'no json');
});

test('whatever is sent and answered, the record is JSON with both', () => {
  fc.assert(
    fc.property(fc.json(), fc.oneof(fc.json(), fc.string({ unit: 'binary' })), (sent, answered) => {
      const parsed = JSON.parse(record(ended('Success', sent, answer(true, answered))));
      assert.deepEqual(parsed.requestPayload, JSON.parse(sent));
    }),
  );
});
