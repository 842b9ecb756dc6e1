import type { Logging } from '../catalog/records.ts';
import type { PlatformReport, Records, Status } from '../environments/telemetry/platform-events.ts';

/** What Lambda writes of an invocation around the function's own lines. */
export interface SystemLines {
  before: string[];
  after: string[];
}

/** What of an invocation there is to tell; an environment that did not start leaves only the report. */
export interface Told {
  report: PlatformReport;
  version: string;
  /** Epoch milliseconds. */
  startMs: number;
  endMs: number;
  runtimeDone: Records['platform.runtimeDone'] | undefined;
}

/** Of JSON, by level: AWS's table of the events of the system log. */
const LEVELS = ['DEBUG', 'INFO', 'WARN'];

/**
 * The system log of an invocation, in the function's format.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 */
export function systemLines(told: Told, { format, systemLevel = 'INFO' }: Logging): SystemLines {
  if (format === 'Text') return textLines(told);
  const { report, version, startMs, endMs, runtimeDone } = told;
  const least = LEVELS.indexOf(systemLevel);
  const line = (level: string, type: keyof Records, atMs: number, record: object) =>
    LEVELS.indexOf(level) < least
      ? []
      : [JSON.stringify({ time: new Date(atMs).toISOString(), type, record })];
  const { requestId, status } = report;
  const levelOf = (usual: string, of: Status) => (of === 'success' ? usual : 'WARN');
  const done = runtimeDone
    ? line(levelOf('DEBUG', runtimeDone.status), 'platform.runtimeDone', endMs, runtimeDone)
    : [];
  return {
    before: line('INFO', 'platform.start', startMs, { requestId, version }),
    after: [...done, ...line(levelOf('INFO', status), 'platform.report', endMs, report)],
  };
}

function textLines({ report, version }: Told): SystemLines {
  const { requestId, metrics, status, errorType } = report;
  const fields = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${metrics.durationMs.toFixed(2)} ms`,
    `Billed Duration: ${metrics.billedDurationMs} ms`,
    `Memory Size: ${metrics.memorySizeMB} MB`,
    `Max Memory Used: ${metrics.maxMemoryUsedMB} MB`,
  ];
  if (metrics.initDurationMs !== undefined) {
    fields.push(`Init Duration: ${metrics.initDurationMs.toFixed(2)} ms`);
  }
  // What the handler threw is its answer: only what the platform met is in the report.
  if (status === 'timeout') fields.push('Status: timeout');
  if (status === 'failure') fields.push('Status: error', `Error Type: ${errorType}`);
  return {
    before: [`START RequestId: ${requestId} Version: ${version}`],
    after: [`END RequestId: ${requestId}`, fields.join('\t')],
  };
}
