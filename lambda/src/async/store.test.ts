import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { sql } from 'kysely';
import { openStateIn, type StateEngine } from '../../test/support/state.ts';
import type { EventInvocation } from './event.ts';
import { EventInvocationStore } from './store.ts';

const NOW = 1_700_000_000_000;
const ROOM = { all: 1_000, each: 1_000, functions: {}, held: [] };
let directory: string;
let state: StateEngine;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upstack-events-'));
  state = await openStateIn(directory);
});
afterEach(() => state.run((database) => sql`delete from event_invocations`.execute(database)));
after(async () => {
  await state.close();
  await rm(directory, { recursive: true, force: true });
});

function event(functionName: string, acceptedMs = NOW): EventInvocation {
  return {
    requestId: randomUUID(),
    functionName,
    qualifier: undefined,
    payload: Buffer.from('{"any":"ü"}'),
    traceId: 'Root=1-2-3',
    clientContext: '{"custom":{}}',
    acceptedMs,
    attempts: 0,
    refusals: 0,
  };
}

async function added(store: EventInvocationStore, events: EventInvocation[]): Promise<string[]> {
  for (const one of events) await store.add(one);
  return events.map(({ requestId }) => requestId);
}

const idsOf = (events: EventInvocation[]) => events.map(({ requestId }) => requestId).sort();

test('an event comes back as it was given, when it is due', async () => {
  const store = new EventInvocationStore(state);
  const given = event('cart');
  await store.add(given);
  assert.deepEqual(await store.claim(NOW - 1, ROOM), []);
  assert.equal(await store.nextDueMs(NOW - 1), NOW);
  const claimed = await store.claim(NOW, ROOM);
  assert.deepEqual(claimed, [given]);
  assert.deepEqual(await store.claim(NOW, { ...ROOM, held: [given.requestId] }), []);
  assert.deepEqual(await store.claim(NOW, ROOM), [given], 'the answer to the first claim was lost');
  await store.postpone({ ...given, attempts: 1 }, NOW + 60_000);
  assert.equal(await store.nextDueMs(NOW), NOW + 60_000);
  assert.deepEqual(await store.claim(NOW + 60_000, ROOM), [{ ...given, attempts: 1 }]);
});

test('the longest due go first, and a function with much to do leaves room to others', async () => {
  const store = new EventInvocationStore(state);
  const busy = await added(
    store,
    Array.from({ length: 50 }, (_, i) => event('busy', NOW - 1_000 + i)),
  );
  const calm = await added(store, [event('calm', NOW - 10), event('calm', NOW)]);
  const first = await store.claim(NOW, { all: 5, each: 3, functions: {}, held: [] });
  assert.deepEqual(idsOf(first), [...busy.slice(0, 3), ...calm].sort());
  const held = idsOf(first);
  const none = await store.claim(NOW, { all: 5, each: 3, functions: { busy: 0 }, held });
  assert.deepEqual(none, []);
  assert.deepEqual(
    idsOf(await store.claim(NOW, { all: 2, each: 9, functions: {}, held })),
    busy.slice(3, 5).sort(),
  );
});

test('the claims of a former life are void, and it cannot settle any more what another one runs', async () => {
  const before = new EventInvocationStore(state);
  const given = event('cart');
  await before.add(given);
  assert.equal((await before.claim(NOW, ROOM)).length, 1);
  const now = new EventInvocationStore(state);
  assert.deepEqual(await now.claim(NOW, ROOM), [given]);
  let written = false;
  await before.end(given, async () => {
    written = true;
  });
  await before.postpone({ ...given, attempts: 2 }, NOW + 1);
  await before.giveBack(given);
  assert.equal(written, false);
  assert.deepEqual(await now.claim(NOW, ROOM), [given], 'unchanged');
  await now.end(given, async () => {});
  assert.equal(await new EventInvocationStore(state).nextDueMs(0), undefined);
});

test('an event is there until what follows from its end is written', async () => {
  const store = new EventInvocationStore(state);
  const given = event('cart');
  await store.add(given);
  await store.claim(NOW, ROOM);
  const failing = store.end(given, () => Promise.reject(new Error('no')));
  await assert.rejects(failing, /no/);
  await store.giveBack(given);
  assert.deepEqual(await store.claim(NOW, ROOM), [given]);
});
