import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retry } from './retry.ts';

const options = { firstMs: 1, longestMs: 2, signal: new AbortController().signal };

test('repeats until it succeeds and reports each failure', async () => {
  const failures: [string, number][] = [];
  let calls = 0;
  const work = async () => {
    if (++calls < 4) throw new Error(`no ${calls}`);
    return 'yes';
  };
  const result = await retry(work, {
    ...options,
    failed: (e, n) => void failures.push([(e as Error).message, n]),
  });
  assert.equal(result, 'yes');
  assert.deepEqual(failures, [
    ['no 1', 1],
    ['no 2', 2],
    ['no 3', 3],
  ]);
});

test('gives up when the callback throws, and immediately when aborted during a pause', async () => {
  const work = async () => {
    throw new Error('no');
  };
  const give = (error: unknown) => {
    throw error;
  };
  await assert.rejects(retry(work, { ...options, failed: give }), /no/);
  const stop = new AbortController();
  const stopped = retry(work, {
    firstMs: 60_000,
    longestMs: 60_000,
    signal: stop.signal,
    failed: () => setImmediate(() => stop.abort()),
  });
  await assert.rejects(stopped, /no/);
});
