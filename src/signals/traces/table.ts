import {
  attributes,
  environment,
  flag,
  label,
  list,
  nanos,
  type RowOf,
  text,
  uint8,
  uint64,
} from '../column.ts';

/**
 * Spans. The columns up to Links are those of the OpenTelemetry collector's ClickHouse exporter; the others are copied
 * from the attributes, because most queries filter on them. Must match the migrations; `tables.test.ts` checks it.
 */
export const traces = {
  name: 'otel_traces',
  environment: 'Environment',
  columns: {
    Environment: environment,
    Timestamp: nanos,
    TraceId: text,
    SpanId: text,
    ParentSpanId: text,
    TraceState: text,
    SpanName: label,
    SpanKind: label,
    ServiceName: label,
    ResourceAttributes: attributes,
    ScopeName: text,
    ScopeVersion: text,
    SpanAttributes: attributes,
    /** Nanoseconds. */
    Duration: uint64,
    StatusCode: label,
    StatusMessage: text,
    'Events.Timestamp': list(nanos),
    'Events.Name': list(label),
    'Events.Attributes': list(attributes),
    'Links.TraceId': list(text),
    'Links.SpanId': list(text),
    'Links.TraceState': list(text),
    'Links.Attributes': list(attributes),
    Unit: text,
    Run: label,
    Experiment: label,
    Arm: label,
    Stage: uint8,
    Exposed: flag,
    /** The kind of the fault that this invocation met; '' for none. */
    Injected: label,
    FaasName: label,
    FaasVersion: label,
    ColdStart: flag,
    IsError: flag,
  },
} as const;

export type SpanRow = RowOf<typeof traces.columns>;
