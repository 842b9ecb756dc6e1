import type { InvocationReport } from '../../engines/compute/engine.ts';
import { type SignalRecord, timeOfMs } from '../tables.ts';

/** The row of one ended invocation. */
export function invocationRecord(report: InvocationReport): SignalRecord {
  return {
    table: 'invocations',
    row: [
      timeOfMs(report.startMs),
      report.functionName,
      report.version,
      report.requestId,
      report.instance,
      report.durationMs,
      report.billedMs,
      Math.round(report.memoryMb),
      report.maxMemoryMb,
      report.coldStart,
      report.initMs ?? null,
      report.status,
      report.httpStatus ?? 0,
      report.errorType,
      report.initType,
      report.costUsd,
    ],
  };
}
