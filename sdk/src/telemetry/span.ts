import type { Invocation } from '../context.ts';

export type AttributeValue = string | number | boolean;

/** A finished span, ready to be written. Times are epoch milliseconds and milliseconds, with fractions. */
export interface SpanRecord {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  tracestate: string | undefined;
  startedAtEpochMs: number;
  durationMs: number;
  /** The message of what was thrown; undefined when the span is not an error. */
  failure: string | undefined;
  attributes: Record<string, AttributeValue>;
}

/** Maximum length of an attribute or status text. Longer ones are cut. */
const MAX_TEXT_LENGTH = 1024;

/** The span of an ended invocation (https://opentelemetry.io/docs/specs/semconv/faas/). `epochMs` is the epoch time of the monotonic clock's zero. */
export function spanOf(invocation: Invocation, epochMs: number): SpanRecord {
  const { trace, statusCode, assignment } = invocation;
  const attributes: Record<string, AttributeValue> = {
    'faas.invocation_id': cut(invocation.requestId),
    'faas.coldstart': invocation.coldStart,
  };
  const failure = failureOf(invocation);
  if (statusCode !== 0) attributes['http.response.status_code'] = statusCode;
  if (failure !== undefined) attributes['error.type'] = failure.type;
  const unit = assignment?.unit ?? invocation.unit;
  if (unit !== undefined) attributes['upstack.unit'] = unit;
  if (assignment !== undefined) {
    attributes['upstack.run'] = assignment.run;
    attributes['upstack.experiment'] = assignment.experiment;
    attributes['upstack.arm'] = assignment.arm;
    attributes['upstack.stage'] = assignment.stage;
    if (invocation.exposed) attributes['upstack.exposed'] = true;
    if (invocation.injected !== undefined) attributes['upstack.injected'] = invocation.injected;
  }
  return {
    name: cut(invocation.name),
    traceId: trace.traceId,
    spanId: trace.spanId,
    parentSpanId: trace.parentSpanId,
    tracestate: trace.tracestate,
    startedAtEpochMs: epochMs + invocation.startedAt,
    durationMs: Math.max(0, invocation.endedAt - invocation.startedAt),
    failure: failure?.message,
    attributes,
  };
}

function failureOf({ threw, error, statusCode }: Invocation): { type: string; message: string } | undefined {
  if (!threw) return statusCode >= 500 ? { type: String(statusCode), message: '' } : undefined;
  try {
    if (error instanceof Error) return { type: cut(String(error.name)), message: cut(String(error.message)) };
    return { type: typeof error, message: cut(String(error)) };
  } catch {
    // A thrown value whose own getters throw.
    return { type: 'Error', message: '' };
  }
}

/** The cut may leave half of a character, which not every reader takes: it becomes U+FFFD. */
function cut(text: string): string {
  return text.slice(0, MAX_TEXT_LENGTH).toWellFormed();
}
