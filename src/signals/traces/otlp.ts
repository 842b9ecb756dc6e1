/**
 * Spans out of an OTLP ExportTraceServiceRequest, whichever encoding it came in: JSON and protobuf give the same shape
 * and differ only in how ids, 64-bit numbers and bytes look, which a `Reading` says.
 * https://opentelemetry.io/docs/specs/otlp/ and opentelemetry/proto/trace/v1/trace.proto.
 */
import type { Environment } from '../../../sdk/src/core/environment.ts';
import { environmentOf, type Receipt } from '../environment.ts';
import { jsonText } from '../json-text.ts';
import type { SignalRecord } from '../tables.ts';
import { spanRow } from './row.ts';
import { SPAN_KINDS, SPAN_STATUSES, type Span, spanFault } from './span.ts';

export interface Reading {
  /** Bytes of an id as lower-case hex; '' when absent. */
  id(value: unknown): string;
  /** A 64-bit number as decimal digits; '0' when absent. */
  digits(value: unknown): string;
  /** A bytes value as base64. */
  bytes(value: unknown): string;
}

export interface DecodedTraces {
  records: SignalRecord[];
  /** Spans that were left out, of `records.length + rejected` in all. */
  rejected: number;
  /** The first reasons, '' when nothing was left out. */
  reason: string;
}

type Fields = Record<string, unknown>;
type Attributes = Record<string, string>;

/** Deeper values are shown as "…". */
const DEEPEST_VALUE = 16;
/** Longer attribute values are cut. */
const LONGEST_VALUE = 16_384;
const REASONS_SHOWN = 3;

/** Rows of all spans that can be kept. Throws a TypeError where something has the wrong shape altogether. */
export function decodeTraces(request: unknown, reading: Reading, receipt: Receipt): DecodedTraces {
  const records: SignalRecord[] = [];
  const reasons = new Set<string>();
  let rejected = 0;
  const reject = (reason: string) => {
    rejected++;
    if (reasons.size < REASONS_SHOWN) reasons.add(reason);
  };
  for (const resourceSpans of listOf(fieldsOf(request, 'the request').resourceSpans, 'resourceSpans')) {
    const resource = attributesOf(fieldsOf(resourceSpans.resource ?? {}, 'resource').attributes, reading);
    const resolved = environmentOf(environmentIn(resource), receipt.origin);
    for (const scopeSpans of listOf(resourceSpans.scopeSpans, 'scopeSpans')) {
      const scope = fieldsOf(scopeSpans.scope ?? {}, 'scope');
      for (const fields of listOf(scopeSpans.spans, 'spans')) {
        if ('reason' in resolved) {
          reject(resolved.reason);
          continue;
        }
        const span = spanOf(fields, { ...resolved, resource, scope }, reading);
        const fault = spanFault(span, receipt.receivedMs);
        if (fault === undefined) records.push({ table: 'otel_traces', row: spanRow(span) });
        else reject(fault);
      }
    }
  }
  return { records, rejected, reason: [...reasons].join('; ') };
}

/** Source: https://opentelemetry.io/docs/specs/semconv/resource/deployment-environment/, and its name until 2024. */
function environmentIn(resource: Attributes): string {
  return resource['deployment.environment.name'] || resource['deployment.environment'] || '';
}

/** What the spans of one scope share. */
interface Surroundings {
  environment: Environment;
  resource: Attributes;
  scope: Fields;
}

function spanOf(fields: Fields, { environment, resource, scope }: Surroundings, reading: Reading): Span {
  const status = fieldsOf(fields.status ?? {}, 'status');
  return {
    environment,
    traceId: reading.id(fields.traceId),
    spanId: reading.id(fields.spanId),
    parentSpanId: reading.id(fields.parentSpanId),
    traceState: textOf(fields.traceState),
    name: textOf(fields.name),
    kind: SPAN_KINDS[enumOf(fields.kind)] ?? 'Unspecified',
    startNanos: reading.digits(fields.startTimeUnixNano),
    endNanos: reading.digits(fields.endTimeUnixNano),
    resource,
    scopeName: textOf(scope.name),
    scopeVersion: textOf(scope.version),
    attributes: attributesOf(fields.attributes, reading),
    status: SPAN_STATUSES[enumOf(status.code)] ?? 'Unset',
    statusMessage: textOf(status.message),
    events: listOf(fields.events, 'events').map((event) => ({
      nanos: reading.digits(event.timeUnixNano),
      name: textOf(event.name),
      attributes: attributesOf(event.attributes, reading),
    })),
    links: listOf(fields.links, 'links').map((link) => ({
      traceId: reading.id(link.traceId),
      spanId: reading.id(link.spanId),
      traceState: textOf(link.traceState),
      attributes: attributesOf(link.attributes, reading),
    })),
  };
}

function attributesOf(value: unknown, reading: Reading): Attributes {
  const attributes: Attributes = {};
  for (const pair of listOf(value, 'attributes')) {
    attributes[textOf(pair.key)] = cut(valueText(pair.value, reading));
  }
  return attributes;
}

/** The cut may fall between the two halves of a character. */
const cut = (text: string): string => text.slice(0, LONGEST_VALUE).toWellFormed();

/** An AnyValue as a text: a string as it is, a list or a map as JSON. */
function valueText(value: unknown, reading: Reading): string {
  const plain = plainValue(value, reading, 0);
  if (plain === null) return '';
  return typeof plain === 'object' ? jsonText(plain) : String(plain);
}

function plainValue(value: unknown, reading: Reading, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return null;
  if (depth > DEEPEST_VALUE) return '…';
  const any = value as Fields;
  if (has(any, 'stringValue')) return textOf(any.stringValue);
  if (has(any, 'boolValue')) return any.boolValue === true;
  if (has(any, 'intValue')) return reading.digits(any.intValue);
  if (has(any, 'doubleValue')) return Number(any.doubleValue);
  if (has(any, 'bytesValue')) return reading.bytes(any.bytesValue);
  if (has(any, 'arrayValue')) {
    const { values } = fieldsOf(any.arrayValue, 'arrayValue');
    return listOf(values, 'values').map((item) => plainValue(item, reading, depth + 1));
  }
  if (!has(any, 'kvlistValue')) return null;
  const { values } = fieldsOf(any.kvlistValue, 'kvlistValue');
  return Object.fromEntries(
    listOf(values, 'values').map((pair) => [textOf(pair.key), plainValue(pair.value, reading, depth + 1)]),
  );
}

/** A member of its own: decoded protobuf messages inherit the defaults of all the others. */
const has = (fields: Fields, name: string): boolean =>
  Object.hasOwn(fields, name) && fields[name] !== undefined && fields[name] !== null;
const textOf = (value: unknown): string => (typeof value === 'string' ? value.toWellFormed() : '');
const enumOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new TypeError(`${name} must be an object`);
}

function listOf(value: unknown, name: string): Fields[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new TypeError(`${name} must be a list`);
  return value.map((item) => fieldsOf(item, `an item of ${name}`));
}
