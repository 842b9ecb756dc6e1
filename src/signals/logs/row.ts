import type { FunctionLogLine } from '../../engines/compute/engine.ts';
import { timeOfMs } from '../time.ts';
import type { LogRow } from './table.ts';

/** Longer lines are cut, as AWS cuts a log event. Characters. */
const MAX_LINE = 256 * 1024;

/** The row of one line that a function or an extension wrote. */
export function logRow(line: FunctionLogLine, environment: LogRow['environment']): LogRow {
  return {
    environment,
    ts: timeOfMs(line.atMs),
    function: line.functionName,
    version: line.version,
    instance: line.instance,
    request_id: line.requestId,
    line: line.line.slice(0, MAX_LINE).toWellFormed(),
  };
}
