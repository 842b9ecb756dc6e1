import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_ENVIRONMENT, type Environment } from '../../sdk/src/core/environment.ts';
import type { FunctionLogLine, InvocationReport } from '../engines/compute/engine.ts';
import { decodeFunctionLine } from './function-line.ts';
import { invocationRow } from './invocations/row.ts';
import { logRow } from './logs/row.ts';

const NOW = Date.UTC(2026, 0, 15);
const STAGING = 'staging' as Environment;
const newMessageId = () => 'msg_new';

function written(line: string, change: Partial<FunctionLogLine> = {}): FunctionLogLine {
  const where = { functionName: 'cart', version: '3', instance: 'i', requestId: 'r' };
  return { source: 'function', ...where, atMs: NOW, line, tags: {}, variables: {}, ...change };
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
      { records: [{ table: 'logs', row: logRow(written(other), DEFAULT_ENVIRONMENT) }], reasons: [] },
      other,
    );
  }
  const ofExtension = decodeFunctionLine(written(whole, { source: 'extension' }), newMessageId);
  assert.deepEqual(
    ofExtension.records.map(({ table }) => table),
    ['logs'],
  );
});

test('the tag of the function says the environment, else its configuration; a record may name another', () => {
  const tags = { 'upstack:environment': 'tagged' };
  const variables = { UPSTACK_ENVIRONMENT: 'of-variable' };
  const environments = (members: object | string, change: Partial<FunctionLogLine>) => {
    const said = typeof members === 'string' ? members : line(members);
    const { records, reasons } = decodeFunctionLine(written(said, change), newMessageId);
    const found = records.map(({ row }) => ('Environment' in row ? row.Environment : row.environment));
    return reasons.length > 0 ? reasons : [...new Set(found)];
  };
  const spans = [span];
  const good = { traces: { resourceSpans: [{ scopeSpans: [{ spans }] }] }, events: events.slice(0, 1) };
  const configured = { environment: 'of-line', ...good };
  assert.deepEqual(environments(configured, { tags, variables }), ['tagged']);
  assert.deepEqual(environments(configured, { variables }), ['of-line']);
  assert.deepEqual(environments(good, { variables }), ['of-variable']);
  assert.deepEqual(environments(good, {}), ['production']);
  assert.deepEqual(environments('hello', { tags, variables }), ['tagged']);
  assert.deepEqual(environments('hello', { variables }), ['of-variable']);
  const attributes = [{ key: 'deployment.environment.name', value: { stringValue: 'own' } }];
  const named = { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans }] }] };
  assert.deepEqual(environments({ traces: named }, { tags }), ['own']);
  const refused = 'environment "Staging" must be 1 to 40 lower case letters, digits and hyphens';
  assert.deepEqual(environments({ ...configured, environment: 'Staging' }, {}), [refused, refused]);
  assert.deepEqual(environments('hello', { tags: { 'upstack:environment': 'Staging' } }), [refused]);
});

test('rows of invocations and log lines', () => {
  const report: InvocationReport = {
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
    tags: {},
    variables: {},
  };
  assert.deepEqual(invocationRow(report, STAGING), {
    environment: 'staging',
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
  const { line: cut, ...others } = logRow(written('x'.repeat(300_000)), STAGING);
  assert.deepEqual(others, {
    environment: 'staging',
    ts: '1768435200.000',
    function: 'cart',
    version: '3',
    instance: 'i',
    request_id: 'r',
  });
  assert.equal(cut.length, 262_144);
});
