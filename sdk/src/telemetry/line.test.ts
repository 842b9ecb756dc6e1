import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encodeLines, MAX_LINE_BYTES } from './line.ts';
import type { SpanRecord } from './span.ts';

const RESOURCE = { 'service.name': 'checkout', 'cloud.provider': 'aws' };

function spanRecord(over: Partial<SpanRecord> = {}): SpanRecord {
  return {
    name: 'checkout',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: '',
    tracestate: undefined,
    startedAtEpochMs: 1_700_000_000_123.5,
    durationMs: 2.25,
    failure: undefined,
    attributes: { 'faas.coldstart': true, 'http.response.status_code': 200, 'upstack.unit': 'u' },
    ...over,
  };
}

describe('a telemetry line', () => {
  it('holds an OTLP/JSON export request and Segment messages', () => {
    const [line = '', ...more] = encodeLines(
      { resource: RESOURCE },
      [spanRecord({ failure: 'broken', parentSpanId: 'b7ad6b7169203332' })],
      ['{"type":"track"}'],
    );
    assert.equal(more.length, 0);
    assert.ok(line.startsWith('{"upstack":1,'));
    assert.deepEqual(JSON.parse(line), {
      upstack: 1,
      traces: {
        resourceSpans: [
          {
            resource: {
              attributes: [
                { key: 'service.name', value: { stringValue: 'checkout' } },
                { key: 'cloud.provider', value: { stringValue: 'aws' } },
              ],
            },
            scopeSpans: [
              {
                scope: { name: '@upstack/lambda', version: '0.1.0' },
                spans: [
                  {
                    traceId: '0af7651916cd43dd8448eb211c80319c',
                    spanId: 'b7ad6b7169203331',
                    parentSpanId: 'b7ad6b7169203332',
                    name: 'checkout',
                    kind: 2,
                    startTimeUnixNano: '1700000000123500000',
                    endTimeUnixNano: '1700000000125750000',
                    attributes: [
                      { key: 'faas.coldstart', value: { boolValue: true } },
                      { key: 'http.response.status_code', value: { intValue: '200' } },
                      { key: 'upstack.unit', value: { stringValue: 'u' } },
                    ],
                    status: { code: 2, message: 'broken' },
                  },
                ],
              },
            ],
          },
        ],
      },
      events: [{ type: 'track' }],
    });
  });

  it('is not written when there is nothing to say', () => {
    assert.deepEqual(encodeLines({ resource: RESOURCE, environment: 'staging' }, [], []), []);
  });

  it('is split at 64 KB, loses nothing and holds no line feed, whatever the texts', () => {
    const text = fc.string({ unit: 'binary', maxLength: 1024 });
    const spans = fc.array(fc.record({ name: text, failure: text }).map(spanRecord), { maxLength: 60 });
    const messages = fc.array(
      fc.nat(32_000).map((size) => JSON.stringify({ text: 'é'.repeat(size / 2) })),
      { maxLength: 12 },
    );
    // Whatever the variable holds: the control room refuses a wrong name.
    const environments = fc.option(fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 4_096 }), {
      nil: undefined,
    });
    fc.assert(
      fc.property(spans, messages, environments, (someSpans, someMessages, environment) => {
        const lines = encodeLines({ resource: RESOURCE, environment }, someSpans, someMessages);
        const names: string[] = [];
        const events: unknown[] = [];
        for (const line of lines) {
          assert.ok(Buffer.byteLength(line) <= MAX_LINE_BYTES);
          assert.ok(!/[\r\n]/.test(line) && line.startsWith('{"upstack":1,'));
          const parsed = JSON.parse(line);
          assert.equal(parsed.environment, environment);
          for (const span of parsed.traces?.resourceSpans[0].scopeSpans[0].spans ?? []) names.push(span.name);
          events.push(...(parsed.events ?? []));
        }
        assert.deepEqual(
          names,
          someSpans.map((span) => JSON.parse(JSON.stringify(span.name))),
        );
        assert.deepEqual(
          events,
          someMessages.map((message) => JSON.parse(message)),
        );
      }),
      { numRuns: 40 },
    );
  });
});
