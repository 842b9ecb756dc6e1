import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { doneWithin } from './within.ts';

const fails = (ms: number) => pause(ms).then(() => Promise.reject(new RangeError('no')));

test('says whether work ended in time', async () => {
  assert.equal(await doneWithin(1_000, pause(1)), true);
  assert.equal(await doneWithin(5, pause(50)), false);
  assert.equal(await doneWithin(-1, pause(50)), false);
});

test('rejects when work fails in time, and ignores a late failure', async () => {
  await assert.rejects(doneWithin(1_000, fails(1)), RangeError);
  assert.equal(await doneWithin(5, fails(15)), false);
  await pause(30);
});
