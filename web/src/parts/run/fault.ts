import type { RunSummary } from '../../../../src/experiments/schema.ts';
import { latency } from '../../format.ts';

/** A fault in a few words: `+300 ms on calls to shop-recommendations`. */
export function faultText({ kind, ms, status, message, dependency }: RunSummary['fault']): string {
  const where = dependency === undefined ? 'the function itself' : `calls to ${dependency}`;
  if (kind === 'latency') return `+${latency(ms ?? 0)} on ${where}`;
  const what = status === undefined ? 'an error' : `status ${status}`;
  return `${what}${message === undefined ? '' : ` (“${message}”)`} from ${where}`;
}
