import type { FunctionLogLine } from '../../engines/compute/engine.ts';
import { type SignalRecord, timeOfMs } from '../tables.ts';

/** Longer lines are cut, as AWS cuts a log event. Characters. */
const LONGEST_LINE = 256 * 1024;

/** The row of one line that a function wrote. */
export function logRecord(line: FunctionLogLine): SignalRecord {
  return {
    table: 'logs',
    row: [
      timeOfMs(line.atMs),
      line.functionName,
      line.version,
      line.instance,
      line.requestId,
      line.line.slice(0, LONGEST_LINE).toWellFormed(),
    ],
  };
}
