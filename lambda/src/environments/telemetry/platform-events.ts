/**
 * What happens in an execution environment, as the Lambda Telemetry API tells it: each event is made once, by the
 * environment, for extensions that subscribed and for the control room's reports and logs.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
 */
export type Status = 'success' | 'error' | 'failure' | 'timeout';
export type InitializationType = 'on-demand' | 'provisioned-concurrency';

interface Span {
  name: string;
  /** ISO 8601. */
  start: string;
  durationMs: number;
}

export interface Tracing {
  spanId?: string;
  type: 'X-Amzn-Trace-Id';
  value: string;
}

interface Init {
  initializationType: InitializationType;
  /** `invoke` when it took too long at first and is repeated for the invocation that waits for it. */
  phase: 'init' | 'invoke';
}

export interface PlatformReport {
  requestId: string;
  status: Status;
  errorType?: string;
  metrics: {
    /** From the hand-over to the end of the runtime's and the extensions' work. */
    durationMs: number;
    billedDurationMs: number;
    memorySizeMB: number;
    maxMemoryUsedMB: number;
    /** Only of an environment's first invocation. */
    initDurationMs?: number;
  };
  tracing?: Tracing;
  spans?: Span[];
}

/** The record of each type of event. */
export interface Records {
  'platform.initStart': Init & {
    functionName: string;
    functionVersion: string;
    functionArn: string;
    instanceId: string;
    /** Bytes. */
    instanceMaxMemory: number;
  };
  'platform.initRuntimeDone': Init & { status: Status; errorType?: string };
  'platform.initReport': Init & { status: Status; errorType?: string; metrics: { durationMs: number } };
  'platform.start': { requestId: string; version: string; tracing: Tracing };
  'platform.runtimeDone': {
    requestId: string;
    status: Status;
    errorType?: string;
    metrics: { durationMs: number; producedBytes: number };
    tracing: Tracing;
    spans: Span[];
  };
  'platform.report': PlatformReport;
  'platform.extension': { name: string; state: string; events: string[]; errorType?: string };
  'platform.telemetrySubscription': { name: string; state: string; types: string[] };
  'platform.logsDropped': { droppedRecords: number; droppedBytes: number; reason: string };
  /** A line as it was written. */
  function: string;
  extension: string;
}

export type EventType = keyof Records;
export type Category = 'platform' | 'function' | 'extension';

export interface TelemetryEvent<Type extends EventType = EventType> {
  /** ISO 8601, when the event was made. */
  time: string;
  type: Type;
  record: Records[Type];
}

export function categoryOf(type: EventType): Category {
  return type === 'function' || type === 'extension' ? type : 'platform';
}

/** A trace header with the span that is its parent, as far as it names one. */
export function tracingOf(value: string): Tracing {
  const spanId = /(?:^|;)Parent=([^;]+)/.exec(value)?.[1];
  return { ...(spanId === undefined ? {} : { spanId }), type: 'X-Amzn-Trace-Id', value };
}

/** Milliseconds with the three decimals that AWS gives. */
export function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
