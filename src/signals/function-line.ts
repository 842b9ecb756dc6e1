/**
 * The telemetry line: a function's SDK writes spans and product events to standard output, one JSON object per line,
 * so that telling costs no network and survives a freeze or a crash of the function.
 */

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

/** What the line says, or undefined when it is an ordinary line (also one that was cut and is not JSON any more). */
export function decodeFunctionLine(line: string, receipt: Receipt): DecodedLine | undefined {
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
