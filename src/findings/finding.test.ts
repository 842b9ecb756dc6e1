import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeOf, detailAfter, type FindingState, type Outcome, stateAfter } from './finding.ts';

const outcome = (verdict: Outcome['verdict']): Outcome => ({
  runId: 'run_2',
  experiment: 'slow-payments',
  title: 'Slow payments do not cost orders',
  verdict,
  reason: 'because',
  function: 'shop-payments',
  treatment: '800 ms latency in shop-payments',
});

test('how a run changes the latest finding', () => {
  const table: [
    FindingState | undefined,
    Outcome['verdict'],
    string | undefined,
    FindingState | undefined,
  ][] = [
    [undefined, 'refuted', 'opened', 'open'],
    [undefined, 'supported', undefined, undefined],
    [undefined, 'undecided', undefined, undefined],
    ['open', 'refuted', 'confirmed', 'open'],
    ['reopened', 'refuted', 'confirmed', 'reopened'],
    ['fixed', 'refuted', 'reopened', 'reopened'],
    ['verified', 'refuted', 'reopened', 'reopened'],
    ['open', 'supported', 'verified', 'verified'],
    ['fixed', 'supported', 'verified', 'verified'],
    ['reopened', 'supported', 'verified', 'verified'],
    ['verified', 'supported', undefined, 'verified'],
    ['open', 'undecided', undefined, 'open'],
    ['open', 'invalid', undefined, 'open'],
  ];
  for (const [state, verdict, change, next] of table) {
    const actual = changeOf(state && { state }, outcome(verdict));
    assert.equal(actual, change, `${state} ${verdict}`);
    if (actual) assert.equal(stateAfter(state ?? 'open', actual), next);
  }
});

test('the detail keeps the reason of the last failed run, and every run', () => {
  const first = detailAfter(undefined, { ...outcome('refuted'), runId: 'run_1', reason: 'orders fell' });
  const verified = detailAfter(first, { ...outcome('supported'), reason: 'orders held' });
  assert.equal(verified.reason, 'orders fell');
  assert.deepEqual(verified.runs, [
    { runId: 'run_1', verdict: 'refuted' },
    { runId: 'run_2', verdict: 'supported' },
  ]);
  assert.equal(detailAfter(verified, { ...outcome('refuted'), reason: 'fell again' }).reason, 'fell again');
});
