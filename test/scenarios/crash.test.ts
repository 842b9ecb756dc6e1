import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { until } from '../until.ts';
import { ControlRoom } from './control-room.ts';
import { childOf, exists } from './processes.ts';
import { Sender } from './sender.ts';

const PAYMENTS_FAILING = resolve(
  import.meta.dirname,
  '../../examples/shop/experiments/payments-failing.yaml',
);
const MAX_LEASE_MS = 10_000;
const MAX_RECOVERY_MS = 5_000;

test('killing the control room during the harmful experiment ends the fault, and nothing acknowledged is lost', async (t) => {
  const room = await ControlRoom.start('--demo', '--no-demo-experiments');
  t.after(() => room.stop());
  await until('traffic', async () => {
    const { functions } = await room.call('listFunctions', {});
    return functions.some(({ name, invocations }) => name === 'shop-payments' && invocations > 50);
  });
  const sender = new Sender(room, 'Crash Rehearsed');
  const { runId } = await room.call('startRun', { source: await unwatchedHarm() });
  const injected = async () => (await room.call('showRun', { runId })).injections;
  await until('harm', async () => (await injected()).count > 0, 10_000);
  await room.kill('SIGKILL');
  const killedAt = Date.now();
  await sender.stop();

  await room.startAgain();
  assert.deepEqual(await leases(room), [], 'no lease survives');
  const run = await room.call('showRun', { runId });
  assert.deepEqual([run.status, run.decision], ['ended', 'abort']);
  assert.match(run.journal.map(({ text }) => text).join('\n'), /restarted/i);
  const { count, lastAt } = run.injections;
  assert.ok(count > 0 && lastAt !== null);
  assert.ok(Date.parse(lastAt) <= killedAt + MAX_LEASE_MS, lastAt);
  // People are back in the shop, and nobody is struck any more.
  const before = (await room.call('showFunction', { name: 'shop-payments' })).totals;
  await until('traffic again', async () => {
    const { totals } = await room.call('showFunction', { name: 'shop-payments' });
    return totals.invocations > before.invocations + 50;
  });
  assert.equal((await injected()).count, count);
  assert.ok(sender.acknowledged > 0);
  await sender.finish();
  await sender.expectExactlyOnce();
  t.diagnostic(`${sender.acknowledged} events acknowledged before the kill, each there once`);
});

/** The harmful experiment with its guardrail on a function that the harm does not reach: only the kill ends it. */
async function unwatchedHarm(): Promise<string> {
  const source = await readFile(PAYMENTS_FAILING, 'utf8');
  const unwatched = source.replace('function: shop-checkout', 'function: shop-recommendations');
  assert.notEqual(unwatched, source);
  return unwatched;
}

async function leases(room: ControlRoom): Promise<string[]> {
  const headers = { authorization: `Bearer ${room.env.UPSTACK_WRITE_KEY}` };
  const response = await fetch(`${room.url}/leases/v1/shop-payments`, { headers });
  return ((await response.json()) as { leases: string[] }).leases;
}

const VICTIMS = [
  {
    engine: 'events',
    path: '/api/product/features',
    pid: (room: ControlRoom) => childOf(room.pid, 'events/child.ts'),
  },
  {
    engine: 'state',
    path: '/api/experiments/runs',
    pid: async (room: ControlRoom) =>
      Number(
        (await readFile(join(room.directory, 'state', 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0],
      ),
  },
];

for (const { engine, path, pid } of VICTIMS) {
  test(`killing the ${engine} engine under load: 503 meanwhile, back within 5 s, nothing acknowledged lost`, async (t) => {
    const room = await ControlRoom.start();
    t.after(() => room.stop());
    const sender = new Sender(room, 'Load');
    await until('load', async () => sender.acknowledged > 200, 10_000);
    assert.equal((await room.fetch(path)).status, 200);

    const victim = await pid(room);
    process.kill(victim, 'SIGKILL');
    const killedAt = performance.now();
    const meanwhile = await until(
      'a 503',
      async () => {
        const response = await room.fetch(path);
        return response.status === 200 ? undefined : response;
      },
      MAX_RECOVERY_MS,
    );
    assert.equal(meanwhile.status, 503);
    assert.ok(Number(meanwhile.headers.get('retry-after')) >= 1);
    assert.match(meanwhile.headers.get('content-type') ?? '', /^application\/problem\+json/);
    assert.equal((await fetch(`${room.url}/healthz`)).status, 200);
    await until('recovery', async () => (await room.fetch(path)).status === 200, MAX_RECOVERY_MS);
    const tookMs = Math.round(performance.now() - killedAt);
    t.diagnostic(`back after ${tookMs} ms; refusals of the sender: ${JSON.stringify(sender.refusals)}`);
    assert.ok(tookMs <= MAX_RECOVERY_MS, `${tookMs} ms`);
    assert.ok(!exists(victim));

    const before = sender.acknowledged;
    await until('load again', async () => sender.acknowledged > before + 100, 10_000);
    await sender.stop();
    await sender.expectExactlyOnce();
  });
}

test('nothing is left running after a control room was killed', async (t) => {
  const room = await ControlRoom.start();
  t.after(() => room.stop());
  const events = await childOf(room.pid, 'events/child.ts');
  const postmaster = Number(
    (await readFile(join(room.directory, 'state', 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0],
  );
  await room.kill('SIGKILL');
  await until('the end of the engines', async () => !exists(events) && !exists(postmaster), 10_000);
});
