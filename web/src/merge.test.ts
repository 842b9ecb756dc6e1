import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JournalEntry, LookView, RunSummary, RunView } from '../../src/experiments/schema.ts';
import { MAX_LOOKS, mergeRun, mergeSummaries, mergeView } from './merge.ts';

const look = (elapsedMs: number) => ({ elapsedMs, at: '', metrics: [] }) as unknown as LookView;
const entry = (sequence: number) => ({ sequence, kind: 'note', text: `${sequence}` }) as JournalEntry;
const summary = (runId: string, startedAt: string, status: 'running' | 'ended' = 'running') =>
  ({ runId, startedAt, status }) as RunSummary;
const view = (looks: number[], journal: number[]): RunView =>
  ({
    ...summary('run_a', '2026-01-01T00:00:00Z'),
    looks: looks.map(look),
    journal: journal.map(entry),
  }) as RunView;

const times = ({ looks }: RunView) => looks.map(({ elapsedMs }) => elapsedMs);
const sequences = ({ journal }: RunView) => journal.map(({ sequence }) => sequence);

test('a live message appends its look and journal entries, and updates the summary', () => {
  const run = summary('run_a', '2026-01-01T00:00:00Z', 'ended');
  const merged = mergeRun(view([1000], [1]), { run, look: look(2000), journal: [entry(2)] });
  assert.deepEqual([times(merged), sequences(merged), merged.status], [[1000, 2000], [1, 2], 'ended']);
});

test('a repeated message updates only the summary and keeps the arrays', () => {
  const before = view([1000, 2000], [1, 2]);
  const run = summary('run_a', '2026-01-01T00:00:00Z');
  const merged = mergeRun(before, { run, look: look(2000), journal: [entry(1), entry(2)] });
  assert.equal(merged.looks, before.looks);
  assert.equal(merged.journal, before.journal);
});

test('a fetched view keeps newer looks and entries from the stream', () => {
  const merged = mergeView(view([1000, 2000, 3000], [1, 2, 3]), view([500, 1000, 2000], [1, 2]));
  assert.deepEqual(
    [times(merged), sequences(merged)],
    [
      [500, 1000, 2000, 3000],
      [1, 2, 3],
    ],
  );
  const fetched = view([1000], [1]);
  assert.equal(mergeView(undefined, fetched), fetched);
});

test('above the limit the older half of looks is thinned; the first and the last stay', () => {
  let run = view([0], []);
  for (let second = 1; second <= MAX_LOOKS * 2; second++)
    run = mergeRun(run, { run: summary('run_a', ''), look: look(second * 1000) });
  assert.ok(run.looks.length <= MAX_LOOKS);
  assert.equal(times(run)[0], 0);
  assert.equal(times(run).at(-1), MAX_LOOKS * 2 * 1000);
  assert.deepEqual(
    times(run),
    times(run).toSorted((a, b) => a - b),
  );
});

test('live summaries join the list, newest first; an ended run stays ended', () => {
  const old = summary('run_a', '2026-01-01T00:00:00Z', 'ended');
  const fresh = summary('run_b', '2026-01-02T00:00:00Z');
  const merged = mergeSummaries(
    [old],
    new Map([
      ['run_a', summary('run_a', '2026-01-01T00:00:00Z', 'running')],
      ['run_b', fresh],
    ]),
  );
  assert.deepEqual(merged, [fresh, old]);
});
