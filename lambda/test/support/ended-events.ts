/** Events that have ended, for the tests of what is made of them. */
import type { Answer, Condition, Ended } from '../../src/async/ended.ts';

export const NOW = Date.UTC(2026, 0, 31, 12);

export function ended(condition: Condition, payload: string, answer?: Answer, refusals = 0): Ended {
  const event = {
    requestId: 'e4b46cbf-b738-4880-8880-a18cdf61200e',
    functionName: 'cart',
    qualifier: 'live',
    payload: Buffer.from(payload),
    traceId: 'Root=1-2-3',
    clientContext: undefined,
    acceptedMs: NOW - 1_000,
    attempts: answer ? 3 : 0,
    refusals,
    lineage: {},
  };
  return { kind: 'ended', event, condition, answer, destinationArn: '', deadLetterArn: '' };
}

export function answer(ok: boolean, payload: string): Answer {
  const errorType = ok ? '' : 'Error';
  const outcome = { requestId: '', ok, errorType, payload: Buffer.from(payload), log: undefined };
  return { outcome, executedVersion: '7' };
}
