import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../until.ts';
import { ControlRoom } from './control-room.ts';
import { childOf, exists } from './processes.ts';

const READY_MS = 5_000;
const STOP_MS = 10_000;

test('a control room is ready within 5 s, the first time and again, and leaves nothing running when it stops', async (t) => {
  const before = performance.now();
  const room = await ControlRoom.start();
  t.after(() => room.stop());
  const firstMs = Math.round(performance.now() - before);
  const events = await childOf(room.pid, 'events/child.ts');
  const postmaster = await readFile(join(room.directory, 'state', 'postgres', 'postmaster.pid'), 'utf8');

  const stopping = performance.now();
  await room.kill('SIGTERM');
  const stopMs = Math.round(performance.now() - stopping);
  await until(
    'the end of the engines',
    async () => !exists(events) && !exists(Number(postmaster.split('\n')[0])),
    5_000,
  );

  const again = performance.now();
  await room.startAgain();
  const secondMs = Math.round(performance.now() - again);
  t.diagnostic(`ready after ${firstMs} ms, stopped after ${stopMs} ms, ready again after ${secondMs} ms`);
  assert.ok(firstMs <= READY_MS && secondMs <= READY_MS && stopMs <= STOP_MS);
});

test('the demo is ready within 5 s, with the shop deployed', async (t) => {
  const before = performance.now();
  const room = await ControlRoom.start('--demo', '--no-demo-experiments');
  t.after(() => room.stop());
  const tookMs = Math.round(performance.now() - before);
  t.diagnostic(`ready after ${tookMs} ms`);
  assert.ok(tookMs <= READY_MS, `${tookMs} ms`);
  const { functions } = await room.json<{ functions: { liveVersion: string | null }[] }>('/api/functions');
  assert.deepEqual(
    functions.map(({ liveVersion }) => liveVersion),
    ['1', '1', '1', '1'],
  );
});
