/**
 * Lines that functions write. The SDK writes spans and product events to standard output, one JSON object per line, so
 * that telemetry costs no network and survives a freeze or a crash of the function; every other line is a log line.
 */
import type { FunctionLogLine } from '../engines/compute/engine.ts';
import { logRow } from './logs/row.ts';
import { decodeMessage, type Receipt } from './product-events/message.ts';
import type { SignalRecord } from './tables.ts';
import { tracesOfObject } from './traces/otlp-json.ts';

const PREFIX = '{"upstack":1,';

export interface DecodedLine {
  records: SignalRecord[];
  /** What was left out and why. */
  reasons: string[];
}

/** Whether a line of a function's log is telemetry of its SDK. */
export function isTelemetryLine(line: string): boolean {
  return line.startsWith(PREFIX);
}

/**
 * The records of one line. A line that begins like telemetry but is not JSON (it was cut) is a log line. Lines of
 * extensions are never telemetry.
 */
export function decodeFunctionLine(line: FunctionLogLine, newMessageId: () => string): DecodedLine {
  const receipt = { receivedMs: line.atMs, newMessageId };
  const telemetry = line.source === 'function' ? decodeTelemetry(line.line, receipt) : undefined;
  return telemetry ?? { records: [{ table: 'logs', row: logRow(line) }], reasons: [] };
}

function decodeTelemetry(line: string, receipt: Receipt): DecodedLine | undefined {
  if (!isTelemetryLine(line)) return undefined;
  let parsed: { traces?: unknown; events?: unknown };
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const decoded: DecodedLine = { records: [], reasons: [] };
  if (parsed.traces !== undefined) addTraces(decoded, parsed.traces, receipt.receivedMs);
  if (Array.isArray(parsed.events)) {
    for (const message of parsed.events) {
      const result = decodeMessage(message, receipt);
      if ('reason' in result) decoded.reasons.push(result.reason);
      else decoded.records.push(...result.records);
    }
  }
  return decoded;
}

function addTraces(decoded: DecodedLine, traces: unknown, nowMs: number): void {
  try {
    const { records, rejected, reason } = tracesOfObject(traces, nowMs);
    for (const record of records) decoded.records.push(record);
    if (rejected > 0) decoded.reasons.push(reason);
  } catch (error) {
    decoded.reasons.push((error as Error).message);
  }
}
