import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ReceivedMessage } from '../../sqs/messages/message-store.ts';
import { eventRecord, eventsOf, failedIds, sqsEvent } from './sqs-event.ts';

const ACCOUNT = { region: 'eu-west-1', accountId: '000000000000' };

function message(body: string): ReceivedMessage {
  const now = new Date();
  return {
    messageId: randomUUID(),
    receipt: randomUUID(),
    body,
    attributes: {},
    traceHeader: null,
    sentAt: now,
    firstReceivedAt: now,
    hiddenUntil: now,
    receiveCount: 1,
    deadLetterSource: null,
  };
}

test('records are cut into as few events as fit, in their order, none above the limit', () => {
  const bodies = fc.array(fc.string({ unit: 'grapheme', maxLength: 400 }), { maxLength: 30 });
  const property = fc.property(bodies, fc.integer({ min: 3_000, max: 9_000 }), (texts, limit) => {
    const records = texts.map((body) => eventRecord(ACCOUNT, 'cart', message(body)));
    const events = eventsOf(records, limit);
    assert.deepEqual(events.flat(), records);
    for (const [i, event] of events.entries()) {
      const bytes = sqsEvent(event);
      assert.ok(bytes.length <= limit);
      const sent = JSON.parse(bytes.toString()).Records.map(({ body }: { body: string }) => body);
      assert.deepEqual(
        sent,
        event.map((record) => record.message.body),
      );
      const next = events[i + 1]?.[0];
      // The frame is counted a little generously, so that the sizes need no second look.
      if (next) assert.ok(bytes.length + next.bytes + 4 > limit, 'the next record would have fitted');
    }
  });
  fc.assert(property, { numRuns: 60 });
});

test('an answer names the messages that failed; one that cannot be right means all', () => {
  const sent = new Set(['a', 'b']);
  const judged = (answer: unknown) => {
    const failed = failedIds(Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer)), sent);
    return failed && [...failed];
  };
  for (const answer of ['null', '{}', '7', { batchItemFailures: [] }, { batchItemFailures: null }]) {
    assert.deepEqual(judged(answer), [], JSON.stringify(answer));
  }
  const some = { batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'b' }] };
  assert.deepEqual(judged(some), ['b']);
  for (const itemIdentifier of ['', null, 'c', 5]) {
    const answer = { batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier }] };
    assert.equal(judged(answer), undefined, JSON.stringify(answer));
  }
  for (const answer of ['no JSON', { batchItemFailures: 'a' }, { batchItemFailures: [{ id: 'a' }] }]) {
    assert.equal(judged(answer), undefined, JSON.stringify(answer));
  }
});
