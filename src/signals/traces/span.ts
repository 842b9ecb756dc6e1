import { type SignalRecord, timeOfNanos } from '../tables.ts';

/** One span, as the events engine keeps it. Times are decimal nanoseconds; attribute values are texts. */
export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  traceState: string;
  name: string;
  kind: SpanKind;
  startNanos: string;
  endNanos: string;
  resource: Record<string, string>;
  scopeName: string;
  scopeVersion: string;
  attributes: Record<string, string>;
  status: SpanStatus;
  statusMessage: string;
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
const OLDEST_MS = 30 * DAY_MS;
/** How far a sender's clock may run ahead. */
const LATEST_MS = 3_600_000;
const LARGEST_STAGE = 255;
/** A 64-bit number of nanoseconds ends in the year 2554. */
const LARGEST_NANOS = 2 ** 64;
const NO_TIME = '0';

/** Why the span cannot be kept, or undefined when it can. */
export function spanFault(span: Span, nowMs: number): string | undefined {
  const where = `span "${span.name}"`;
  if (!/^(?!0+$)[0-9a-f]{32}$/.test(span.traceId)) return `${where}: traceId must be 16 bytes, not all zero`;
  if (!/^(?!0+$)[0-9a-f]{16}$/.test(span.spanId)) return `${where}: spanId must be 8 bytes, not all zero`;
  const started = timeFault(span.startNanos, nowMs);
  if (started !== undefined) return `${where}: startTimeUnixNano is ${started}`;
  if (Number(span.endNanos) > LARGEST_NANOS) return `${where}: endTimeUnixNano is not a time`;
  for (const { nanos } of span.events) {
    // An event without its time is no reason to lose the span: it gets the span's start.
    const happened = nanos === NO_TIME ? undefined : timeFault(nanos, nowMs);
    if (happened !== undefined) return `${where}: timeUnixNano of an event is ${happened}`;
  }
  return undefined;
}

function timeFault(nanos: string, nowMs: number): string | undefined {
  const ms = Number(nanos) / 1e6;
  if (!(ms > nowMs - OLDEST_MS)) return 'missing or more than 30 days ago';
  return ms > nowMs + LATEST_MS ? 'more than an hour ahead' : undefined;
}

/** The span's row, with what is asked for all the time lifted from its attributes. */
export function spanRecord(span: Span): SignalRecord {
  const { attributes, resource } = span;
  const duration = BigInt(span.endNanos) - BigInt(span.startNanos);
  return {
    table: 'otel_traces',
    row: [
      timeOfNanos(span.startNanos),
      span.traceId,
      span.spanId,
      span.parentSpanId,
      span.traceState,
      span.name,
      span.kind,
      resource['service.name'] ?? '',
      resource,
      span.scopeName,
      span.scopeVersion,
      attributes,
      String(duration > 0n ? duration : 0n),
      span.status,
      span.statusMessage,
      span.events.map(({ nanos }) => timeOfNanos(nanos === NO_TIME ? span.startNanos : nanos)),
      span.events.map((event) => event.name),
      span.events.map((event) => event.attributes),
      span.links.map((link) => link.traceId),
      span.links.map((link) => link.spanId),
      span.links.map((link) => link.traceState),
      span.links.map((link) => link.attributes),
      attributes['upstack.unit'] ?? '',
      attributes['upstack.run'] ?? '',
      attributes['upstack.experiment'] ?? '',
      attributes['upstack.arm'] ?? '',
      stageOf(attributes['upstack.stage']),
      attributes['upstack.exposed'] === 'true',
      attributes['upstack.injected'] ?? '',
      resource['faas.name'] ?? attributes['faas.name'] ?? '',
      resource['faas.version'] ?? attributes['faas.version'] ?? '',
      attributes['faas.coldstart'] === 'true',
      span.status === 'Error',
    ],
  };
}

function stageOf(text: string | undefined): number {
  const stage = Number(text ?? 0);
  return Number.isInteger(stage) && stage >= 0 && stage <= LARGEST_STAGE ? stage : 0;
}
