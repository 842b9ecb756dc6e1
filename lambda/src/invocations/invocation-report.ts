import type { VersionRecord } from '../catalog/records.ts';
import type { InvocationEnd } from '../environments/running-invocation.ts';
import type { InvocationReport } from '../ports.ts';
import { costUsd } from './price.ts';

/** What the platform's report does not say of an invocation. */
export interface Invoked {
  name: string;
  version: VersionRecord;
  instance: string;
  httpStatus: number | undefined;
  tags: Readonly<Record<string, string>>;
}

/** What the control room is told of an invocation: the platform's report, and what it cost. */
export function invocationReport(end: InvocationEnd, invoked: Invoked): InvocationReport {
  const { report, startMs, coldStart, initializationType } = end;
  const { name, version, instance, httpStatus, tags } = invoked;
  const { durationMs, billedDurationMs, memorySizeMB, maxMemoryUsedMB, initDurationMs } = report.metrics;
  return {
    functionName: name,
    version: version.version,
    requestId: report.requestId,
    instance,
    startMs,
    durationMs,
    billedMs: billedDurationMs,
    costUsd: costUsd({
      billedMs: billedDurationMs,
      memoryMb: memorySizeMB,
      architecture: version.architecture,
    }),
    memoryMb: memorySizeMB,
    maxMemoryMb: maxMemoryUsedMB,
    coldStart,
    initMs: initDurationMs,
    initType: initializationType,
    status: report.status === 'failure' ? 'error' : report.status,
    httpStatus,
    errorType: report.errorType ?? '',
    tags,
    variables: version.environment,
  };
}
