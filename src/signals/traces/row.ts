import { timeOfNanos } from '../time.ts';
import { NO_TIME, type Span } from './span.ts';
import type { SpanRow } from './table.ts';

const MAX_STAGE = 255;

/** The span's row. Attributes that most queries filter on are copied to columns. */
export function spanRow(span: Span): SpanRow {
  const { attributes, resource, events, links } = span;
  const duration = BigInt(span.endNanos) - BigInt(span.startNanos);
  return {
    Environment: span.environment,
    Timestamp: timeOfNanos(span.startNanos),
    TraceId: span.traceId,
    SpanId: span.spanId,
    ParentSpanId: span.parentSpanId,
    TraceState: span.traceState,
    SpanName: span.name,
    SpanKind: span.kind,
    ServiceName: resource['service.name'] ?? '',
    ResourceAttributes: resource,
    ScopeName: span.scopeName,
    ScopeVersion: span.scopeVersion,
    SpanAttributes: attributes,
    Duration: String(duration > 0n ? duration : 0n),
    StatusCode: span.status,
    StatusMessage: span.statusMessage,
    'Events.Timestamp': events.map(({ nanos }) => timeOfNanos(nanos === NO_TIME ? span.startNanos : nanos)),
    'Events.Name': events.map((event) => event.name),
    'Events.Attributes': events.map((event) => event.attributes),
    'Links.TraceId': links.map((link) => link.traceId),
    'Links.SpanId': links.map((link) => link.spanId),
    'Links.TraceState': links.map((link) => link.traceState),
    'Links.Attributes': links.map((link) => link.attributes),
    Unit: attributes['upstack.unit'] ?? '',
    Run: attributes['upstack.run'] ?? '',
    Experiment: attributes['upstack.experiment'] ?? '',
    Arm: attributes['upstack.arm'] ?? '',
    Stage: stageOf(attributes['upstack.stage']),
    Exposed: attributes['upstack.exposed'] === 'true',
    Injected: attributes['upstack.injected'] ?? '',
    FaasName: resource['faas.name'] ?? attributes['faas.name'] ?? '',
    FaasVersion: resource['faas.version'] ?? attributes['faas.version'] ?? '',
    ColdStart: attributes['faas.coldstart'] === 'true',
    IsError: span.status === 'Error',
  };
}

function stageOf(text: string | undefined): number {
  const stage = Number(text ?? 0);
  return Number.isInteger(stage) && stage >= 0 && stage <= MAX_STAGE ? stage : 0;
}
