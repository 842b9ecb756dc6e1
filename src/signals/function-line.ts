/**
 * Lines that functions write. The SDK writes spans and product events to standard output, one JSON object per line, so
 * that telemetry costs no network and survives a freeze or a crash of the function; every other line is a log line.
 */
import type { FunctionLogLine } from '../engines/compute/engine.ts';
import { environmentOf, functionEnvironment, type Receipt } from './environment.ts';
import { logRow } from './logs/row.ts';
import { decodeMessage } from './product-events/message.ts';
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
  const telemetry = line.source === 'function' ? telemetryOf(line.line) : undefined;
  if (telemetry) return decodeTelemetry(telemetry, line, newMessageId);
  const resolved = environmentOf('', { function: functionEnvironment(line) });
  if ('reason' in resolved) return { records: [], reasons: [resolved.reason] };
  return { records: [{ table: 'logs', row: logRow(line, resolved.environment) }], reasons: [] };
}

interface Telemetry {
  /** What the SDK was configured with. */
  environment?: unknown;
  traces?: unknown;
  events?: unknown;
}

function telemetryOf(line: string): Telemetry | undefined {
  if (!isTelemetryLine(line)) return undefined;
  try {
    return JSON.parse(line) as Telemetry;
  } catch {
    return undefined;
  }
}

function decodeTelemetry(
  { environment, traces, events }: Telemetry,
  { atMs, tags, variables }: FunctionLogLine,
  newMessageId: () => string,
): DecodedLine {
  // What ran is what the line says; the catalogue may have another version of it by now.
  const configured = typeof environment === 'string' ? { UPSTACK_ENVIRONMENT: environment } : variables;
  const origin = { function: functionEnvironment({ tags, variables: configured }) };
  const receipt = { receivedMs: atMs, origin, newMessageId };
  const decoded: DecodedLine = { records: [], reasons: [] };
  if (traces !== undefined) addTraces(decoded, traces, receipt);
  if (!Array.isArray(events)) return decoded;
  for (const message of events) {
    const result = decodeMessage(message, receipt);
    if ('reason' in result) decoded.reasons.push(result.reason);
    else decoded.records.push(...result.records);
  }
  return decoded;
}

function addTraces(decoded: DecodedLine, traces: unknown, receipt: Receipt): void {
  try {
    const { records, rejected, reason } = tracesOfObject(traces, receipt);
    for (const record of records) decoded.records.push(record);
    if (rejected > 0) decoded.reasons.push(reason);
  } catch (error) {
    decoded.reasons.push((error as Error).message);
  }
}
