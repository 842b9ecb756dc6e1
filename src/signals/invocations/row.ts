import type { InvocationReport } from '../../engines/compute/engine.ts';
import { timeOfMs } from '../time.ts';
import type { InvocationRow } from './table.ts';

/** The row of one ended invocation. */
export function invocationRow(
  report: InvocationReport,
  environment: InvocationRow['environment'],
): InvocationRow {
  return {
    environment,
    ts: timeOfMs(report.startMs),
    function: report.functionName,
    version: report.version,
    request_id: report.requestId,
    instance: report.instance,
    duration_ms: report.durationMs,
    billed_ms: report.billedMs,
    memory_mb: Math.round(report.memoryMb),
    max_memory_mb: report.maxMemoryMb,
    cold: report.coldStart,
    init_ms: report.initMs ?? null,
    status: report.status,
    http_status: report.httpStatus ?? 0,
    error_type: report.errorType,
    init_type: report.initType,
    cost_usd: report.costUsd,
  };
}
