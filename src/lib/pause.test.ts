import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from './clock.ts';
import { Pause } from './pause.ts';

const FAR_MS = 60_000;
const started = () => systemClock.monotonic();

test('a wait lasts until `latest`', async () => {
  const from = started();
  await new Pause(systemClock).until(from + 30);
  assert.ok(started() - from >= 29);
});

test('a woken wait lasts until `soonest`, and an ended one ends now', async () => {
  const pause = new Pause(systemClock);
  const from = started();
  const woken = pause.until(from + FAR_MS, from + 30);
  pause.wake();
  await woken;
  assert.ok(started() - from >= 29 && started() - from < FAR_MS / 2);
  const cut = pause.until(started() + FAR_MS);
  pause.end();
  await cut;
});

test('waking or ending without a wait does nothing', () => {
  const pause = new Pause(systemClock);
  pause.wake();
  pause.end();
});
