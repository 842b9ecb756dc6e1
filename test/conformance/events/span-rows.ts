import { traces } from '../../../src/signals/traces/table.ts';

/** Columns and rows of spans, written by hand so that the engines are tested without the code that makes them. */
export const SPAN_COLUMNS = Object.keys(traces.columns);

export interface SpanRow {
  run: string;
  unit: string;
  arm?: string;
  stage?: number;
  exposed?: boolean;
  /** Seconds since the epoch, with a fraction. */
  at?: string;
}

export function spanRow({ run, unit, arm = 'control', stage = 1, exposed = true, at }: SpanRow): unknown[] {
  const values: Record<string, unknown> = {
    Timestamp: at ?? (Date.now() / 1000).toFixed(3),
    TraceId: '0af7651916cd43dd8448eb211c80319c',
    SpanId: 'b7ad6b7169203331',
    SpanName: 'checkout',
    SpanKind: 'Server',
    ServiceName: 'shop',
    ResourceAttributes: { 'service.name': 'shop' },
    SpanAttributes: { 'upstack.unit': unit },
    Duration: '18446744073709551615',
    'Events.Timestamp': ['1700000000.000000001'],
    'Events.Name': ['retry'],
    'Events.Attributes': [{ n: '1' }],
    'Links.TraceId': [],
    'Links.SpanId': [],
    'Links.TraceState': [],
    'Links.Attributes': [],
    Unit: unit,
    Run: run,
    Experiment: 'x',
    Arm: arm,
    Stage: stage,
    Exposed: exposed,
    ColdStart: false,
    IsError: false,
  };
  return SPAN_COLUMNS.map((column) => values[column] ?? '');
}
