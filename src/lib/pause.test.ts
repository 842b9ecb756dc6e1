import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock } from './clock.ts';
import { Pause } from './pause.ts';

const FAR_MS = 60_000;
/** Node's timers count in whole milliseconds, from the start of the turn of the event loop. */
const EARLY_MS = 2;
const now = () => systemClock.monotonic();
/** The time at the start of a turn. */
const started = async () => {
  await nextTurn();
  return now();
};

test('a wait lasts until `latest`', async () => {
  const from = await started();
  await new Pause(systemClock).until(from + 30);
  assert.ok(now() - from >= 30 - EARLY_MS);
});

test('a woken wait lasts until `soonest`, and an ended one ends now', async () => {
  const pause = new Pause(systemClock);
  const from = await started();
  const woken = pause.until(from + FAR_MS, from + 30);
  pause.wake();
  await woken;
  assert.ok(now() - from >= 30 - EARLY_MS && now() - from < FAR_MS / 2);
  const cut = pause.until(now() + FAR_MS);
  pause.end();
  await cut;
});

test('waking or ending without a wait does nothing', () => {
  const pause = new Pause(systemClock);
  pause.wake();
  pause.end();
});
