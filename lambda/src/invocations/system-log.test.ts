import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '../environments/telemetry/platform-events.ts';
import { systemLines, type Told } from './system-log.ts';

function told(status: Status, errorType?: string): Told {
  const metrics = { durationMs: 1.234, billedDurationMs: 42, memorySizeMB: 128, maxMemoryUsedMB: 50 };
  const type = errorType === undefined ? {} : { errorType };
  return {
    report: { requestId: 'r1', status, ...type, metrics: { ...metrics, initDurationMs: 40 } },
    version: '7',
    startMs: 0,
    endMs: 1_000,
    runtimeDone: {
      requestId: 'r1',
      status,
      metrics: { durationMs: 1, producedBytes: 4 },
      tracing: { type: 'X-Amzn-Trace-Id', value: 'Root=1' },
      spans: [],
    },
  };
}

test('in text, AWS has three lines, and the last one says what the platform met', () => {
  const { before, after } = systemLines(told('success'), { format: 'Text' });
  assert.deepEqual(before, ['START RequestId: r1 Version: 7']);
  const report =
    'REPORT RequestId: r1\tDuration: 1.23 ms\tBilled Duration: 42 ms\tMemory Size: 128 MB\tMax Memory Used: 50 MB\tInit Duration: 40.00 ms';
  assert.deepEqual(after, ['END RequestId: r1', report]);
  const last = (status: Status, type?: string) =>
    systemLines(told(status, type), { format: 'Text' }).after[1];
  assert.equal(last('error', 'TypeError'), report, 'what the handler threw is an answer');
  assert.equal(last('timeout', 'Sandbox.Timedout'), `${report}\tStatus: timeout`);
  assert.equal(
    last('failure', 'Runtime.ExitError'),
    `${report}\tStatus: error\tError Type: Runtime.ExitError`,
  );
});

test('in JSON the lines are events, as many as the level of the system log lets through', () => {
  const types = (status: Status, systemLevel?: string) => {
    const logging = { format: 'JSON' as const, ...(systemLevel ? { systemLevel } : {}) };
    const { before, after } = systemLines(told(status), logging);
    return [...before, ...after].map((line) => JSON.parse(line).type);
  };
  const [start, done, report] = ['platform.start', 'platform.runtimeDone', 'platform.report'];
  assert.deepEqual(types('success'), [start, report]);
  assert.deepEqual(types('success', 'DEBUG'), [start, done, report]);
  assert.deepEqual(types('success', 'WARN'), []);
  for (const status of ['error', 'failure', 'timeout'] as const) {
    assert.deepEqual(types(status), [start, done, report]);
    assert.deepEqual(types(status, 'WARN'), [done, report]);
  }
  const [line = ''] = systemLines(told('success'), { format: 'JSON' }).after;
  assert.deepEqual(JSON.parse(line), {
    time: '1970-01-01T00:00:01.000Z',
    type: 'platform.report',
    record: told('success').report,
  });
});
