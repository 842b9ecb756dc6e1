import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import type { AuditRecord } from './entry.ts';
import { type AuditedCall, type AuditSink, Recorder } from './recorder.ts';

const call: AuditedCall = {
  caller: { name: 'ci', kind: 'token', tokenId: 'tok_1', permissions: ['operate'], door: 'cli' },
  operation: 'abortRun',
  subject: 'run_1',
  reason: 'rehearsal',
};
const away = new Problem('state.unavailable', { status: 503, title: 'away' }, 'away');

/** A log in memory that is away while `away` is set. */
class MemorySink implements AuditSink {
  rows: (AuditRecord & { sequence: number })[] = [];
  away = false;
  async append(record: AuditRecord): Promise<{ sequence: number }> {
    if (this.away) throw away;
    const sequence = this.rows.length + 1;
    this.rows.push({ ...record, sequence });
    return { sequence };
  }
  get told(): unknown[] {
    return this.rows.map(({ outcome, attempt, subject, before, after, error }) => ({
      outcome,
      attempt,
      ...Object.fromEntries(Object.entries({ subject, before, after, error }).filter(([, value]) => value)),
    }));
  }
}

test('work is announced before it starts and completed before it is acknowledged', async () => {
  const sink = new MemorySink();
  const recorder = new Recorder(sink, systemClock);
  const result = await recorder.recorded(call, async (note) => {
    assert.deepEqual(sink.told, [{ outcome: 'attempted', attempt: null, subject: 'run_1' }]);
    note({ before: 'running', after: 'aborted' });
    return 7;
  });
  assert.equal(result, 7);
  assert.deepEqual(sink.told.slice(1), [
    { outcome: 'done', attempt: 1, subject: 'run_1', before: 'running', after: 'aborted' },
  ]);
  assert.equal(sink.rows[1]?.reason, 'rehearsal');
});

test('a rejected call is refused, any other error is a failure', async () => {
  for (const [error, outcome, told] of [
    [new Problem('x.y', { status: 409, title: 'x' }, 'busy'), 'refused', 'busy'],
    [new Problem('x.y', { status: 503, title: 'x' }, 'engine away'), 'failed', 'engine away'],
    [new Error('password=1'), 'failed', 'unexpected error: see the log of the control room'],
  ] as const) {
    const sink = new MemorySink();
    const work = new Recorder(sink, systemClock).recorded(call, () => Promise.reject(error));
    await assert.rejects(work, (thrown) => thrown === error);
    assert.deepEqual(sink.told[1], { outcome, attempt: 1, subject: 'run_1', error: told });
  }
});

test('work does not start while it cannot be announced', async () => {
  const sink = new MemorySink();
  sink.away = true;
  let worked = false;
  const work = async () => {
    worked = true;
  };
  await assert.rejects(new Recorder(sink, systemClock).recorded(call, work), { code: 'state.unavailable' });
  assert.equal(worked, false);
});

test('urgent work starts at once while the log is away, is not acknowledged, and is recorded later', async () => {
  const sink = new MemorySink();
  sink.away = true;
  const recorder = new Recorder(sink, systemClock);
  let worked = false;
  const answer = recorder.recorded(
    call,
    async () => {
      worked = true;
    },
    { urgent: true },
  );
  await Promise.resolve();
  assert.ok(worked);
  await assert.rejects(answer, { code: 'access.not-recorded', status: 503 });
  sink.away = false;
  while (sink.rows.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(sink.told, [
    { outcome: 'attempted', attempt: null, subject: 'run_1' },
    { outcome: 'done', attempt: 1, subject: 'run_1' },
  ]);
});

test('work that succeeds while the log goes away is not acknowledged, and is recorded later', async () => {
  const sink = new MemorySink();
  const answer = new Recorder(sink, systemClock).recorded(call, async () => {
    sink.away = true;
  });
  await assert.rejects(answer, { code: 'access.not-recorded' });
  sink.away = false;
  while (sink.rows.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(sink.told[1], { outcome: 'done', attempt: 1, subject: 'run_1' });
});
