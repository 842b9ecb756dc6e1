import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionLogLine } from '../engines/compute/engine.ts';
import { decodeFunctionLine } from './function-line.ts';
import { invocationRow } from './invocations/row.ts';
import { logRow } from './logs/row.ts';

const NOW = Date.UTC(2026, 0, 15);
const newMessageId = () => 'msg_new';

function written(line: string, source: FunctionLogLine['source'] = 'function'): FunctionLogLine {
  return { source, functionName: 'cart', version: '3', instance: 'i', requestId: 'r', atMs: NOW, line };
}

const decode = (line: string) => decodeFunctionLine(written(line), newMessageId);
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
  const decoded = decode(line({ traces, events }));
  assert.deepEqual(
    decoded.records.map(({ table }) => table),
    ['otel_traces', 'product_events', 'identities'],
  );
  assert.equal(decoded.reasons.length, 2);
});

test('both members are optional, and a broken one does not take the other with it', () => {
  assert.deepEqual(decode(line({ x: 1 })), { records: [], reasons: [] });
  const decoded = decode(line({ traces: 5, events: events.slice(0, 1) }));
  assert.equal(decoded.records.length, 2);
  assert.match(decoded.reasons[0] ?? '', /not an OTLP trace request/);
});

test('other lines, and lines of extensions, are log lines', () => {
  const whole = line({ traces });
  for (const other of [
    '',
    'hello',
    '{"upstack":2,"traces":{}}',
    '{"upstack":1}',
    ` ${whole}`,
    whole.slice(0, -1),
  ]) {
    assert.deepEqual(
      decode(other),
      { records: [{ table: 'logs', row: logRow(written(other)) }], reasons: [] },
      other,
    );
  }
  const ofExtension = decodeFunctionLine(written(whole, 'extension'), newMessageId);
  assert.deepEqual(
    ofExtension.records.map(({ table }) => table),
    ['logs'],
  );
});

test('rows of invocations and log lines', () => {
  const invocation = invocationRow({
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
  assert.deepEqual(invocation, {
    ts: '1700000000.001',
    function: 'cart',
    version: '3',
    request_id: 'r',
    instance: 'i',
    duration_ms: 12.5,
    billed_ms: 13,
    memory_mb: 128,
    max_memory_mb: 64.5,
    cold: true,
    init_ms: null,
    status: 'error',
    http_status: 502,
    error_type: 'TypeError',
    init_type: 'on-demand',
    cost_usd: 0.000000227,
  });
  const { line: cut, ...others } = logRow(written('x'.repeat(300_000)));
  assert.deepEqual(others, {
    ts: '1768435200.000',
    function: 'cart',
    version: '3',
    instance: 'i',
    request_id: 'r',
  });
  assert.equal(cut.length, 262_144);
});
