import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFunctionLine } from './function-line.ts';
import { invocationRecord } from './invocations/row.ts';
import { logRecord } from './logs/row.ts';
import { TABLES } from './tables.ts';

const NOW = Date.UTC(2026, 0, 15);
const receipt = { receivedMs: NOW, newMessageId: () => 'msg_new' };
const span = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  name: 'cart',
  startTimeUnixNano: `${NOW}000000`,
  endTimeUnixNano: `${NOW}000000`,
};
const traces = { resourceSpans: [{ scopeSpans: [{ spans: [span, { ...span, traceId: '' }] }] }] };
const events = [
  { type: 'track', event: 'Added', anonymousId: 'a', userId: 'u' },
  { type: 'track', event: 'Lost' },
];
const line = (members: object) => JSON.stringify({ upstack: 1, ...members });

test('a telemetry line gives spans and product events, and says what it left out', () => {
  const decoded = decodeFunctionLine(line({ traces, events }), receipt);
  assert.deepEqual(
    decoded?.records.map(({ table }) => table),
    ['otel_traces', 'product_events', 'identities'],
  );
  assert.equal(decoded?.reasons.length, 2);
});

test('both members are optional, and a broken one does not take the other with it', () => {
  assert.deepEqual(decodeFunctionLine(line({ x: 1 }), receipt), { records: [], reasons: [] });
  const decoded = decodeFunctionLine(line({ traces: 5, events: events.slice(0, 1) }), receipt);
  assert.equal(decoded?.records.length, 2);
  assert.match(decoded?.reasons[0] ?? '', /not an OTLP trace request/);
});

test('other lines are no telemetry lines', () => {
  const whole = line({ traces });
  for (const other of [
    '',
    'hello',
    '{"upstack":2,"traces":{}}',
    '{"upstack":1}',
    ` ${whole}`,
    whole.slice(0, -1),
  ]) {
    assert.equal(decodeFunctionLine(other, receipt), undefined, other);
  }
});

test('rows of invocations and log lines', () => {
  const invocation = invocationRecord({
    functionName: 'cart',
    version: '3',
    requestId: 'r',
    instance: 'i',
    startMs: 1_700_000_000_001.5,
    durationMs: 12.5,
    billedMs: 13,
    costUsd: 0.000000227,
    memoryMb: 128,
    maxMemoryMb: 64.5,
    coldStart: true,
    initMs: undefined,
    initType: 'on-demand',
    status: 'error',
    httpStatus: 502,
    errorType: 'TypeError',
  });
  const expected = [
    '1700000000.001',
    'cart',
    '3',
    'r',
    'i',
    12.5,
    13,
    128,
    64.5,
    true,
    null,
    'error',
    502,
    'TypeError',
    'on-demand',
    0.000000227,
  ];
  assert.deepEqual(invocation, { table: 'invocations', row: expected });
  assert.equal(expected.length, TABLES.invocations.length);
  const written = {
    source: 'function' as const,
    functionName: 'cart',
    version: '3',
    instance: 'i',
    requestId: 'r',
    atMs: 1_700_000_000_000,
  };
  const log = logRecord({ ...written, line: 'x'.repeat(300_000) });
  assert.deepEqual(log.row.slice(0, 5), ['1700000000.000', 'cart', '3', 'i', 'r']);
  assert.equal(String(log.row[5]).length, 262_144);
});
