import type { AttributeValue, SpanRecord } from './span.ts';

/** What the lines say about where their spans come from; OpenTelemetry resource attributes. */
export type Resource = Record<string, AttributeValue>;

export interface LineOptions {
  resource: Resource;
  /** The environment that the function is configured for. */
  environment?: string | undefined;
}

/** Maximum length of a line without its line feed: log pipelines split longer ones. */
export const MAX_LINE_BYTES = 65_536;
/** Maximum size of a product event, as in the Segment HTTP API. */
export const MAX_MESSAGE_BYTES = 32_768;

const OPEN = '{"upstack":1,';
const SCOPE = '{"name":"@upstack/lambda","version":"0.1.0"}';
const KIND_SERVER = 2;
const STATUS_ERROR = 2;

/**
 * The telemetry lines for some spans and product events: each is one JSON document that begins with `{"upstack":1,`
 * and holds an OTLP/JSON export request in `traces`, Segment messages in `events`, or both, after the environment if one
 * is configured. `messages` are JSON texts of at most 32 KB each. As few lines as fit the limit, no line feed inside one.
 */
export function encodeLines(
  { resource, environment }: LineOptions,
  spans: SpanRecord[],
  messages: string[],
): string[] {
  const open = environment === undefined ? OPEN : `${OPEN}"environment":${JSON.stringify(environment)},`;
  const lines: string[] = [];
  const before = `"traces":{"resourceSpans":[{"resource":{"attributes":${attributes(resource)}},"scopeSpans":[{"scope":${SCOPE},"spans":[`;
  const after = ']}]}]}';
  const frame = bytes(open) + bytes(before) + bytes(after) + bytes(',"events":[]}');
  let taken: { spans: string[]; messages: string[]; size: number } = { spans: [], messages: [], size: frame };
  const close = () => {
    const parts: string[] = [];
    if (taken.spans.length > 0) parts.push(before + taken.spans.join(',') + after);
    if (taken.messages.length > 0) parts.push(`"events":[${taken.messages.join(',')}]`);
    if (parts.length > 0) lines.push(`${open}${parts.join(',')}}`);
    taken = { spans: [], messages: [], size: frame };
  };
  const add = (kind: 'spans' | 'messages', text: string) => {
    const size = bytes(text) + 1;
    if (taken.size + size > MAX_LINE_BYTES) close();
    taken[kind].push(text);
    taken.size += size;
  };
  for (const span of spans) add('spans', encodeSpan(span));
  for (const message of messages) add('messages', message);
  close();
  return lines;
}

function encodeSpan(span: SpanRecord): string {
  const { traceId, spanId, parentSpanId, tracestate, name, startedAtEpochMs, durationMs, failure } = span;
  const parent = parentSpanId === '' ? '' : `"parentSpanId":"${parentSpanId}",`;
  const state = tracestate === undefined ? '' : `"traceState":${JSON.stringify(tracestate)},`;
  const message = failure ? `,"message":${JSON.stringify(failure)}` : '';
  const status = failure === undefined ? '{}' : `{"code":${STATUS_ERROR}${message}}`;
  return (
    `{"traceId":"${traceId}","spanId":"${spanId}",${parent}${state}"name":${JSON.stringify(name)},` +
    `"kind":${KIND_SERVER},"startTimeUnixNano":"${nanoseconds(startedAtEpochMs)}",` +
    `"endTimeUnixNano":"${nanoseconds(startedAtEpochMs + durationMs)}",` +
    `"attributes":${attributes(span.attributes)},"status":${status}}`
  );
}

function attributes(values: Record<string, AttributeValue>): string {
  const encoded = Object.entries(values).map(
    ([key, value]) => `{"key":"${key}","value":${attributeValue(value)}}`,
  );
  return `[${encoded.join(',')}]`;
}

function attributeValue(value: AttributeValue): string {
  if (typeof value === 'string') return `{"stringValue":${JSON.stringify(value)}}`;
  if (typeof value === 'boolean') return `{"boolValue":${value}}`;
  return Number.isInteger(value) ? `{"intValue":"${value}"}` : `{"doubleValue":${value}}`;
}

/** Epoch nanoseconds as decimal digits: a number of JavaScript cannot hold them. */
function nanoseconds(epochMs: number): string {
  const whole = Math.floor(epochMs);
  return `${whole}${String(Math.floor((epochMs - whole) * 1e6)).padStart(6, '0')}`;
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
