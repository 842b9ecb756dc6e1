import type { SpanRow } from './table.ts';

/** One span, as the events engine keeps it. Times are decimal nanoseconds; attribute values are texts. */
export interface Span {
  environment: SpanRow['Environment'];
  traceId: SpanRow['TraceId'];
  spanId: SpanRow['SpanId'];
  parentSpanId: SpanRow['ParentSpanId'];
  traceState: SpanRow['TraceState'];
  name: SpanRow['SpanName'];
  kind: SpanKind;
  startNanos: string;
  endNanos: string;
  resource: SpanRow['ResourceAttributes'];
  scopeName: SpanRow['ScopeName'];
  scopeVersion: SpanRow['ScopeVersion'];
  attributes: SpanRow['SpanAttributes'];
  status: SpanStatus;
  statusMessage: SpanRow['StatusMessage'];
  events: readonly { nanos: string; name: string; attributes: Record<string, string> }[];
  links: readonly {
    traceId: string;
    spanId: string;
    traceState: string;
    attributes: Record<string, string>;
  }[];
}

/** The names that the collector's ClickHouse exporter writes, by OTLP number. */
export const SPAN_KINDS = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'] as const;
export const SPAN_STATUSES = ['Unset', 'Ok', 'Error'] as const;
type SpanKind = (typeof SPAN_KINDS)[number];
type SpanStatus = (typeof SPAN_STATUSES)[number];

const DAY_MS = 86_400_000;
/** Spans are kept this long; older ones would be dropped at once. */
const MAX_AGE_MS = 30 * DAY_MS;
/** How far a sender's clock may run ahead. */
const MAX_AHEAD_MS = 3_600_000;
/** A 64-bit number of nanoseconds ends in the year 2554. */
const MAX_NANOS = 2 ** 64;
export const NO_TIME = '0';

/** Why the span cannot be kept, or undefined when it can. */
export function spanFault(span: Span, nowMs: number): string | undefined {
  const where = `span "${span.name}"`;
  if (!/^(?!0+$)[0-9a-f]{32}$/.test(span.traceId)) return `${where}: traceId must be 16 bytes, not all zero`;
  if (!/^(?!0+$)[0-9a-f]{16}$/.test(span.spanId)) return `${where}: spanId must be 8 bytes, not all zero`;
  const started = timeFault(span.startNanos, nowMs);
  if (started !== undefined) return `${where}: startTimeUnixNano is ${started}`;
  if (Number(span.endNanos) > MAX_NANOS) return `${where}: endTimeUnixNano is not a time`;
  for (const { nanos } of span.events) {
    // An event without its time is no reason to lose the span: it gets the span's start.
    const happened = nanos === NO_TIME ? undefined : timeFault(nanos, nowMs);
    if (happened !== undefined) return `${where}: timeUnixNano of an event is ${happened}`;
  }
  return undefined;
}

function timeFault(nanos: string, nowMs: number): string | undefined {
  const ms = Number(nanos) / 1e6;
  if (!(ms > nowMs - MAX_AGE_MS)) return 'missing or more than 30 days ago';
  return ms > nowMs + MAX_AHEAD_MS ? 'more than an hour ahead' : undefined;
}
