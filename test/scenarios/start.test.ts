import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { best } from '../best.ts';
import { pace } from '../pace.ts';
import { until } from '../until.ts';
import { ControlRoom } from './control-room.ts';
import { childOf, exists } from './processes.ts';

/** On a machine that has nothing else to do. */
const READY_MS = 5_000;
const STOP_MS = 10_000;

test('a control room is ready within 5 s, the first time and again, and leaves nothing running when it stops', async (t) => {
  const readyMs = await best(READY_MS, async () => {
    const room = await ControlRoom.start();
    t.after(() => room.stop());
    const first = room.readyMs;
    const events = await childOf(room.pid, 'events/child.ts');
    const postmaster = await readFile(join(room.directory, 'state', 'postgres', 'postmaster.pid'), 'utf8');

    const stopping = performance.now();
    await room.kill('SIGTERM');
    const stopMs = performance.now() - stopping;
    assert.ok(stopMs <= STOP_MS, `${stopMs} ms`);
    await until(
      'the end of the engines',
      async () => !exists(events) && !exists(Number(postmaster.split('\n')[0])),
      5_000,
    );

    await room.startAgain();
    const second = room.readyMs;
    await room.stop();
    t.diagnostic(
      `ready after ${first} ms, stopped after ${Math.round(stopMs)} ms, ready again after ${second} ms`,
    );
    return Math.max(first, second) / (await pace());
  });
  assert.ok(readyMs <= READY_MS, `${readyMs} ms`);
});

test('the demo is ready within 5 s, with the shop deployed', async (t) => {
  const readyMs = await best(READY_MS, async () => {
    const room = await ControlRoom.start('--demo', '--no-demo-experiments');
    t.after(() => room.stop());
    t.diagnostic(`ready after ${room.readyMs} ms`);
    const { functions } = await room.call('listFunctions', {});
    assert.deepEqual(
      functions.map(({ liveVersion }) => liveVersion),
      ['1', '1', '1', '1'],
    );
    await room.stop();
    return room.readyMs / (await pace());
  });
  assert.ok(readyMs <= READY_MS, `${readyMs} ms`);
});
