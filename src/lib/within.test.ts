import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { doneWithin, within } from './within.ts';

const fails = (ms: number) => pause(ms).then(() => Promise.reject(new RangeError('no')));

test('work in time gives its result, and late work an error that names it', async () => {
  assert.equal(await within(1_000, 'the look', pause(1, 'seen')), 'seen');
  await assert.rejects(within(5, 'the look', pause(50)), /^Error: the look took longer than 5 ms$/);
});

test('doneWithin says whether work finished in time', async () => {
  assert.equal(await doneWithin(1_000, pause(1)), true);
  assert.equal(await doneWithin(5, pause(50)), false);
  assert.equal(await doneWithin(-1, pause(50)), false);
});

test('work that fails in time rejects with its error, and a later failure is ignored', async () => {
  await assert.rejects(within(1_000, 'the look', fails(1)), RangeError);
  assert.equal(await doneWithin(5, fails(15)), false);
  await pause(30);
});
