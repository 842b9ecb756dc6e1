import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeMessage } from './message.ts';

const NOW = Date.UTC(2026, 0, 15, 0, 0, 1);
const receipt = { receivedMs: NOW, newMessageId: () => 'msg_new', origin: {} };
const bought = { type: 'track', event: 'Order Completed', userId: 'u1', messageId: 'm1' };

function rows(message: unknown): Record<string, Record<string, unknown>[]> {
  const decoded = decodeMessage(message, receipt);
  assert.ok('records' in decoded, JSON.stringify(decoded));
  const byTable: Record<string, Record<string, unknown>[]> = {};
  for (const { table, row } of decoded.records) {
    byTable[table] ??= [];
    byTable[table].push({ ...row });
  }
  return byTable;
}

function event(message: unknown): Record<string, unknown> {
  const [row] = rows(message).product_events ?? [];
  assert.ok(row);
  return row;
}

function reason(message: unknown): string {
  const decoded = decodeMessage(message, receipt);
  return 'reason' in decoded ? decoded.reason : 'accepted';
}

test('a track becomes a row', () => {
  const context = { traceId: 'abc', upstack: { unit: 'session-1', demo: true } };
  const message = {
    ...bought,
    anonymousId: 'a1',
    timestamp: '2026-01-14T23:59:59.123Z',
    properties: { total: 5, currency: 'EUR' },
    context,
  };
  assert.deepEqual(rows(message), {
    product_events: [
      {
        environment: 'production',
        event: 'Order Completed',
        day: '2026-01-14',
        ts: '1768435199.123',
        received: '1768435201.000',
        user_id: 'u1',
        anonymous_id: 'a1',
        unit: 'session-1',
        message_id: 'm1',
        type: 'track',
        properties: '{"total":5,"currency":"EUR"}',
        trace_id: 'abc',
        demo: true,
      },
    ],
    identities: [{ environment: 'production', anonymous_id: 'a1', user_id: 'u1', first: '1768435199.123' }],
  });
});

test('the unit is the given one, else the visitor, else the user', () => {
  assert.equal(event({ ...bought, anonymousId: 'a1' }).unit, 'a1');
  assert.equal(event(bought).unit, 'u1');
});

test('an event and its link belong to the environment that the message names', () => {
  const context = { upstack: { environment: 'staging' } };
  const { product_events, identities } = rows({ ...bought, anonymousId: 'a1', context });
  assert.deepEqual([product_events?.[0]?.environment, identities?.[0]?.environment], ['staging', 'staging']);
});

test('identify, page, screen, group and alias', () => {
  const identify = rows({ type: 'identify', userId: 'u', anonymousId: 'a', traits: { plan: 'pro' } });
  assert.deepEqual(
    [
      identify.product_events?.[0]?.event,
      identify.product_events?.[0]?.properties,
      identify.identities?.length,
    ],
    ['identify', '{"plan":"pro"}', 1],
  );
  assert.equal(event({ type: 'page', anonymousId: 'a', name: 'Home' }).event, 'Home');
  assert.equal(event({ type: 'page', anonymousId: 'a' }).event, 'page');
  assert.equal(event({ type: 'screen', anonymousId: 'a', name: 'Cart' }).type, 'screen');
  assert.equal(
    event({ type: 'group', userId: 'u', groupId: 'g', traits: { size: 3 } }).properties,
    '{"size":3}',
  );
  const alias = rows({ type: 'alias', userId: 'u2', previousId: 'u1' });
  assert.deepEqual(alias.identities, [
    { environment: 'production', anonymous_id: 'u1', user_id: 'u2', first: '1768435201.000' },
  ]);
});

test('a message without an id gets one, and without a time that of its receipt', () => {
  const { messageId: _, ...without } = bought;
  assert.equal(event(without).message_id, 'msg_new');
  assert.equal(event(without).ts, '1768435201.000');
});

test('a time far ahead becomes that of receipt; a little ahead stays', () => {
  assert.equal(event({ ...bought, timestamp: '2026-01-15T01:00:02Z' }).ts, '1768435201.000');
  assert.equal(event({ ...bought, timestamp: '2026-01-15T00:59:00Z' }).ts, '1768438740.000');
});

test('what is wrong is said', () => {
  const cases: [unknown, RegExp][] = [
    [null, /object/],
    [[], /object/],
    [{ ...bought, type: 'buy' }, /type must be one of track/],
    [{ type: 'track', event: 'x' }, /userId or anonymousId is missing/],
    [{ ...bought, userId: 7 }, /userId must be a text/],
    [{ ...bought, userId: 'u'.repeat(513) }, /userId is longer/],
    [{ ...bought, event: ' ' }, /event.* is missing/],
    [{ ...bought, event: 'e'.repeat(257) }, /name is longer/],
    [{ type: 'alias', userId: 'u' }, /previousId/],
    [{ ...bought, timestamp: 'soon' }, /ISO 8601 time, not "soon"/],
    [{ ...bought, context: { upstack: { environment: 7 } } }, /context.upstack.environment must be a string/],
    [{ ...bought, context: { upstack: { environment: 'Prod' } } }, /environment "Prod" must be 1 to 40/],
    [{ ...bought, timestamp: 5 }, /ISO 8601/],
    [{ ...bought, timestamp: '2025-12-15T00:00:00Z' }, /more than 30 days ago/],
    [{ ...bought, properties: { text: '✓'.repeat(11_000) } }, /bytes, more than 32768/],
  ];
  for (const [message, expected] of cases) assert.match(reason(message), expected);
  assert.equal(reason({ ...bought, timestamp: '2025-12-16T00:00:02Z' }), 'accepted');
});
