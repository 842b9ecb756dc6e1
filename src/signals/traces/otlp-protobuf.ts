/**
 * OTLP/protobuf for traces. The messages are described here, with the numbers of opentelemetry-proto v1; fields that are
 * not described are skipped, as protobuf wants it.
 */
import protobuf from 'protobufjs/light.js';
import type { Receipt } from '../environment.ts';
import { problem } from '../problems.ts';
import { type DecodedTraces, decodeTraces, type Reading } from './otlp.ts';

const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });

const root = protobuf.Root.fromJSON({
  nested: {
    TraceRequest: { fields: { resourceSpans: repeated('ResourceSpans', 1) } },
    TraceResponse: { fields: { partialSuccess: { type: 'PartialSuccess', id: 1 } } },
    PartialSuccess: {
      fields: { rejectedSpans: { type: 'int64', id: 1 }, errorMessage: { type: 'string', id: 2 } },
    },
    Status: { fields: { code: { type: 'int32', id: 1 }, message: { type: 'string', id: 2 } } },
    ResourceSpans: {
      fields: { resource: { type: 'Resource', id: 1 }, scopeSpans: repeated('ScopeSpans', 2) },
    },
    Resource: { fields: { attributes: repeated('KeyValue', 1) } },
    ScopeSpans: { fields: { scope: { type: 'Scope', id: 1 }, spans: repeated('Span', 2) } },
    Scope: { fields: { name: { type: 'string', id: 1 }, version: { type: 'string', id: 2 } } },
    Span: {
      fields: {
        traceId: { type: 'bytes', id: 1 },
        spanId: { type: 'bytes', id: 2 },
        traceState: { type: 'string', id: 3 },
        parentSpanId: { type: 'bytes', id: 4 },
        name: { type: 'string', id: 5 },
        kind: { type: 'int32', id: 6 },
        startTimeUnixNano: { type: 'fixed64', id: 7 },
        endTimeUnixNano: { type: 'fixed64', id: 8 },
        attributes: repeated('KeyValue', 9),
        events: repeated('Event', 11),
        links: repeated('Link', 13),
        status: { type: 'SpanStatus', id: 15 },
      },
    },
    SpanStatus: { fields: { message: { type: 'string', id: 2 }, code: { type: 'int32', id: 3 } } },
    Event: {
      fields: {
        timeUnixNano: { type: 'fixed64', id: 1 },
        name: { type: 'string', id: 2 },
        attributes: repeated('KeyValue', 3),
      },
    },
    Link: {
      fields: {
        traceId: { type: 'bytes', id: 1 },
        spanId: { type: 'bytes', id: 2 },
        traceState: { type: 'string', id: 3 },
        attributes: repeated('KeyValue', 4),
      },
    },
    KeyValue: { fields: { key: { type: 'string', id: 1 }, value: { type: 'AnyValue', id: 2 } } },
    AnyValue: {
      oneofs: {
        value: {
          oneof: [
            'stringValue',
            'boolValue',
            'intValue',
            'doubleValue',
            'arrayValue',
            'kvlistValue',
            'bytesValue',
          ],
        },
      },
      fields: {
        stringValue: { type: 'string', id: 1 },
        boolValue: { type: 'bool', id: 2 },
        intValue: { type: 'int64', id: 3 },
        doubleValue: { type: 'double', id: 4 },
        arrayValue: { type: 'ArrayValue', id: 5 },
        kvlistValue: { type: 'KeyValueList', id: 6 },
        bytesValue: { type: 'bytes', id: 7 },
      },
    },
    ArrayValue: { fields: { values: repeated('AnyValue', 1) } },
    KeyValueList: { fields: { values: repeated('KeyValue', 1) } },
  },
});

const traceRequest = root.lookupType('TraceRequest');
const traceResponse = root.lookupType('TraceResponse');
const status = root.lookupType('Status');

interface Halves {
  low: number;
  high: number;
  unsigned: boolean;
}

const reading: Reading = {
  id: (value) => hexOf(value as Uint8Array),
  digits(value) {
    if (typeof value !== 'object' || value === null) return String(value ?? 0);
    const { low, high, unsigned } = value as Halves;
    const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    return String(unsigned ? bits : BigInt.asIntN(64, bits));
  },
  bytes: (value) => Buffer.from(value as Uint8Array).toString('base64'),
};

/** Absent bytes are an empty list here. */
function hexOf(bytes: Uint8Array | readonly number[]): string {
  return Buffer.from(bytes).toString('hex');
}

/** Spans of an OTLP/protobuf ExportTraceServiceRequest. Throws `signals.malformed` (400). */
export function tracesOfProtobuf(body: Uint8Array, receipt: Receipt): DecodedTraces {
  try {
    return decodeTraces(traceRequest.decode(body), reading, receipt);
  } catch (cause) {
    throw problem('malformed', `not an OTLP trace request in protobuf: ${(cause as Error).message}`, cause);
  }
}

/** An ExportTraceServiceResponse; with nothing rejected it is the empty message. */
export function traceResponseBytes(rejected: number, reason: string): Uint8Array {
  if (rejected === 0) return new Uint8Array();
  return traceResponse.encode({ partialSuccess: { rejectedSpans: rejected, errorMessage: reason } }).finish();
}

/** A google.rpc.Status, which OTLP answers errors with. */
export function statusBytes(code: number, message: string): Uint8Array {
  return status.encode({ code, message }).finish();
}
