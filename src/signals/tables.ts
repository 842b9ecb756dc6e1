/** The tables of the events engine that signals are written to, and the order of their columns in a row. */
export const TABLES = {
  otel_traces: [
    'Timestamp',
    'TraceId',
    'SpanId',
    'ParentSpanId',
    'TraceState',
    'SpanName',
    'SpanKind',
    'ServiceName',
    'ResourceAttributes',
    'ScopeName',
    'ScopeVersion',
    'SpanAttributes',
    'Duration',
    'StatusCode',
    'StatusMessage',
    'Events.Timestamp',
    'Events.Name',
    'Events.Attributes',
    'Links.TraceId',
    'Links.SpanId',
    'Links.TraceState',
    'Links.Attributes',
    'Unit',
    'Run',
    'Experiment',
    'Arm',
    'Stage',
    'Exposed',
    'Injected',
    'FaasName',
    'FaasVersion',
    'ColdStart',
    'IsError',
  ],
  product_events: [
    'event',
    'day',
    'ts',
    'received',
    'user_id',
    'anonymous_id',
    'unit',
    'message_id',
    'type',
    'properties',
    'trace_id',
    'demo',
  ],
  identities: ['anonymous_id', 'user_id', 'first'],
  invocations: [
    'ts',
    'function',
    'version',
    'request_id',
    'instance',
    'duration_ms',
    'billed_ms',
    'memory_mb',
    'max_memory_mb',
    'cold',
    'init_ms',
    'status',
    'http_status',
    'error_type',
    'init_type',
    'cost_usd',
  ],
  logs: ['ts', 'function', 'version', 'instance', 'request_id', 'line'],
} as const satisfies Record<string, readonly string[]>;

export type TableName = keyof typeof TABLES;

/** One row for one table. The values are JSON, in the order of the table's columns. */
export interface SignalRecord {
  table: TableName;
  row: readonly unknown[];
}

/** Epoch milliseconds as the events engine reads a DateTime64(3): seconds with three digits behind the point. */
export function timeOfMs(ms: number): string {
  const whole = Math.floor(ms);
  return `${Math.floor(whole / 1000)}.${String(whole % 1000).padStart(3, '0')}`;
}

/** Epoch nanoseconds in decimal digits as the events engine reads a DateTime64(9), which takes no zeros in front. */
export function timeOfNanos(nanos: string): string {
  const digits = String(BigInt(nanos)).padStart(10, '0');
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
