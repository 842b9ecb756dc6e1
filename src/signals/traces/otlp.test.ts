import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import protobuf from 'protobufjs/light.js';
import type { Environment } from '../../../sdk/src/core/environment.ts';
import { Problem } from '../../lib/problem.ts';
import type { Origin } from '../environment.ts';
import type { DecodedTraces } from './otlp.ts';
import { tracesOfJson, tracesOfObject } from './otlp-json.ts';
import { statusBytes, traceResponseBytes, tracesOfProtobuf } from './otlp-protobuf.ts';
import type { SpanRow } from './table.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const RECEIPT = { receivedMs: NOW, origin: {} };
const START = `${NOW - 1_000}000001`;
const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

function span(change: object = {}) {
  return { traceId, spanId, name: 'checkout', startTimeUnixNano: START, endTimeUnixNano: START, ...change };
}

function requestOf(...spans: object[]) {
  const attributes = [
    { key: 'service.name', value: { stringValue: 'shop' } },
    { key: 'faas.name', value: { stringValue: 'checkout' } },
    { key: 'faas.version', value: { stringValue: '7' } },
  ];
  return {
    resourceSpans: [
      { resource: { attributes }, scopeSpans: [{ scope: { name: 'upstack', version: '1' }, spans }] },
    ],
  };
}

function rowsOf({ records }: DecodedTraces): SpanRow[] {
  return records.map((record) => {
    assert.equal(record.table, 'otel_traces');
    return record.row as SpanRow;
  });
}

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

test('a span of the SDK becomes a row with what is asked for lifted out', () => {
  const attributes = [
    text('upstack.unit', 'shopper-1'),
    text('upstack.run', 'run_1'),
    text('upstack.experiment', 'checkout-latency'),
    text('upstack.arm', 'treatment'),
    { key: 'upstack.stage', value: { intValue: '2' } },
    { key: 'upstack.exposed', value: { boolValue: true } },
    text('upstack.injected', 'latency'),
    { key: 'faas.coldstart', value: { boolValue: true } },
    { key: 'http.response.status_code', value: { intValue: 503 } },
  ];
  const given = span({
    kind: 2,
    parentSpanId: '00f067aa0ba902b7',
    endTimeUnixNano: `${NOW}000005`,
    attributes,
    status: { code: 2, message: 'boom' },
    events: [{ timeUnixNano: START, name: 'exception', attributes: [text('exception.type', 'TypeError')] }],
    links: [{ traceId, spanId, attributes: [] }],
    somethingNew: { unknown: 1 },
  });
  const decoded = tracesOfObject(requestOf(given), RECEIPT);
  assert.deepEqual([decoded.rejected, decoded.reason], [0, '']);
  const [row] = rowsOf(decoded);
  assert.deepEqual(row, {
    Environment: 'production',
    Timestamp: `${(NOW - 1_000) / 1000}.000000001`,
    TraceId: traceId,
    SpanId: spanId,
    ParentSpanId: '00f067aa0ba902b7',
    TraceState: '',
    SpanName: 'checkout',
    SpanKind: 'Server',
    ServiceName: 'shop',
    ResourceAttributes: { 'service.name': 'shop', 'faas.name': 'checkout', 'faas.version': '7' },
    ScopeName: 'upstack',
    ScopeVersion: '1',
    SpanAttributes: {
      'upstack.unit': 'shopper-1',
      'upstack.run': 'run_1',
      'upstack.experiment': 'checkout-latency',
      'upstack.arm': 'treatment',
      'upstack.stage': '2',
      'upstack.exposed': 'true',
      'upstack.injected': 'latency',
      'faas.coldstart': 'true',
      'http.response.status_code': '503',
    },
    Duration: '1000000004',
    StatusCode: 'Error',
    StatusMessage: 'boom',
    'Events.Timestamp': [`${(NOW - 1_000) / 1000}.000000001`],
    'Events.Name': ['exception'],
    'Events.Attributes': [{ 'exception.type': 'TypeError' }],
    'Links.TraceId': [traceId],
    'Links.SpanId': [spanId],
    'Links.TraceState': [''],
    'Links.Attributes': [{}],
    Unit: 'shopper-1',
    Run: 'run_1',
    Experiment: 'checkout-latency',
    Arm: 'treatment',
    Stage: 2,
    Exposed: true,
    Injected: 'latency',
    FaasName: 'checkout',
    FaasVersion: '7',
    ColdStart: true,
    IsError: true,
  });
});

test('spans that cannot be kept are left out, counted and explained; the others stay', () => {
  const decoded = tracesOfObject(
    requestOf(
      span(),
      span({ traceId: 'zz' }),
      span({ spanId: '0000000000000000' }),
      span({ startTimeUnixNano: '0' }),
      span({ startTimeUnixNano: `${NOW + 7_200_000}000000` }),
      span({ startTimeUnixNano: `${NOW - 31 * 86_400_000}000000` }),
    ),
    RECEIPT,
  );
  assert.equal(decoded.records.length, 1);
  assert.equal(decoded.rejected, 5);
  assert.match(decoded.reason, /traceId.*spanId.*startTimeUnixNano/);
});

test('the environment is that of the write key, else of the resource, else of the function, else production', () => {
  const asked = (names: Record<string, string>, origin: Origin) => {
    const attributes = Object.entries(names).map(([key, value]) => text(key, value));
    const request = {
      resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: [span(), span()] }] }],
    };
    const decoded = tracesOfObject(request, { receivedMs: NOW, origin });
    return decoded.rejected > 0 ? `${decoded.rejected}: ${decoded.reason}` : rowsOf(decoded)[1]?.Environment;
  };
  const named = { 'deployment.environment.name': 'staging', 'deployment.environment': 'old' };
  const key = 'pr-7' as Environment;
  assert.equal(asked(named, { key, function: 'test' }), 'pr-7');
  assert.equal(asked(named, { function: 'test' }), 'staging');
  assert.equal(asked({ 'deployment.environment': 'old' }, {}), 'old');
  assert.equal(asked({ 'deployment.environment.name': '' }, { function: 'test' }), 'test');
  assert.equal(asked({}, { function: '' }), 'production');
  const wrong = { 'deployment.environment.name': "Prod'; --" };
  const refused = `2: environment "Prod'; --" must be 1 to 40 lower case letters, digits and hyphens`;
  assert.equal(asked(wrong, {}), refused);
  assert.equal(asked(wrong, { key }), 'pr-7');
});

test('every kind of attribute value becomes a text', () => {
  const values: [object | null, string][] = [
    [{ stringValue: '' }, ''],
    [{ boolValue: false }, 'false'],
    [{ intValue: '-9223372036854775808' }, '-9223372036854775808'],
    [{ doubleValue: 0.5 }, '0.5'],
    [{ bytesValue: 'AQI=' }, 'AQI='],
    [{ arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }, {}] } }, '["a","1",null]'],
    [{ kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }] } }, '{"k":true}'],
    [{ arrayValue: {} }, '[]'],
    [{}, ''],
    [null, ''],
  ];
  const attributes = values.map(([value], i) => ({ key: `${i}`, value }));
  const [row] = rowsOf(tracesOfObject(requestOf(span({ attributes })), RECEIPT));
  assert.deepEqual(row?.SpanAttributes, Object.fromEntries(values.map(([, shown], i) => [`${i}`, shown])));
});

test('broken JSON is a Problem that says what is wrong', () => {
  for (const body of ['', '{', '[]', '"x"', 'null', '{"resourceSpans":5}', '{"resourceSpans":[null]}']) {
    assert.throws(() => tracesOfJson(body, RECEIPT), { code: 'signals.malformed', status: 400 }, body);
  }
  const wrong = JSON.stringify(requestOf(span({ startTimeUnixNano: 'soon' })));
  assert.throws(() => tracesOfJson(wrong, RECEIPT), /"soon" must be a whole number/);
});

test('a value nested without end is cut, not followed', () => {
  let value: object = { stringValue: 'deep' };
  for (let i = 0; i < 2_000; i++) value = { arrayValue: { values: [value] } };
  const [row] = rowsOf(tracesOfObject(requestOf(span({ attributes: [{ key: 'k', value }] })), RECEIPT));
  assert.match(JSON.stringify(row?.SpanAttributes), /…/);
});

// Protobuf, written by hand: a field is its number and wire type, then its content.
const field = (id: number, content: Uint8Array | string): Buffer => {
  const writer = protobuf.Writer.create().uint32((id << 3) | 2);
  return Buffer.from(
    typeof content === 'string' ? writer.string(content).finish() : writer.bytes(content).finish(),
  );
};
const fixed = (id: number, nanos: bigint): Buffer => {
  const bytes = Buffer.alloc(9);
  bytes[0] = (id << 3) | 1;
  bytes.writeBigUInt64LE(nanos, 1);
  return bytes;
};
const join = (...parts: Buffer[]) => Buffer.concat(parts);
const protobufRequest = (...fields: Buffer[]) => {
  const attribute = join(field(1, 'upstack.exposed'), field(2, Buffer.from([0x10, 1])));
  const big = join(
    field(1, 'n'),
    field(2, Buffer.from([0x18, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1])),
  );
  const made = join(
    field(1, Buffer.from(traceId, 'hex')),
    field(2, Buffer.from(spanId, 'hex')),
    field(5, 'checkout'),
    fixed(7, BigInt(START)),
    fixed(8, BigInt(START) + 5n),
    field(9, attribute),
    field(9, big),
    ...fields,
  );
  const resource = field(1, field(1, join(field(1, 'service.name'), field(2, field(1, 'shop')))));
  return field(1, join(resource, field(2, field(2, made))));
};

test('protobuf gives the same row as JSON, skips what it does not know, and keeps 64 bits', () => {
  const [row] = rowsOf(tracesOfProtobuf(protobufRequest(field(99, 'from the future')), RECEIPT));
  assert.equal(row?.TraceId, traceId);
  assert.equal(row?.SpanId, spanId);
  assert.equal(row?.ParentSpanId, '');
  assert.equal(row?.Timestamp, `${(NOW - 1_000) / 1000}.000000001`);
  assert.equal(row?.Duration, '5');
  assert.equal(row?.ServiceName, 'shop');
  assert.deepEqual(row?.SpanAttributes, { 'upstack.exposed': 'true', n: '-1' });
  assert.equal(row?.Exposed, true);
});

test('a truncated protobuf body is a Problem wherever it is cut', () => {
  const whole = protobufRequest();
  for (let cut = 1; cut < whole.length; cut++) {
    assert.throws(
      () => tracesOfProtobuf(whole.subarray(0, cut), RECEIPT),
      { code: 'signals.malformed' },
      `cut at ${cut}`,
    );
  }
});

test('noise is either read as a request or refused as malformed, never anything else', () => {
  const refusedOrRead = (work: () => DecodedTraces) => {
    try {
      work();
    } catch (error) {
      assert.ok(error instanceof Problem && error.code === 'signals.malformed', String(error));
    }
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) =>
      refusedOrRead(() => tracesOfProtobuf(bytes, RECEIPT)),
    ),
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) =>
      refusedOrRead(() => tracesOfObject({ resourceSpans: value }, RECEIPT)),
    ),
  );
  const whole = protobufRequest();
  fc.assert(
    fc.property(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
      const changed = Buffer.from(whole);
      changed[at] = byte;
      refusedOrRead(() => tracesOfProtobuf(changed, RECEIPT));
    }),
  );
});

test('answers in protobuf', () => {
  assert.equal(traceResponseBytes(0, '').length, 0);
  assert.deepEqual(
    Buffer.from(traceResponseBytes(3, 'no')),
    Buffer.from([0x0a, 6, 0x08, 3, 0x12, 2, ...Buffer.from('no')]),
  );
  assert.deepEqual(Buffer.from(statusBytes(3, 'no')), Buffer.from([0x08, 3, 0x12, 2, ...Buffer.from('no')]));
});
