import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Kysely } from 'kysely';
import { openStateIn, type StateEngine } from '../../test/support/state.ts';
import {
  countMessages,
  createQueue,
  deleteQueue,
  findQueue,
  purgeQueue,
  type QueueSettings,
} from '../queue-store.ts';
import type { QueueTables } from '../tables.ts';
import {
  changeVisibility,
  deleteExpired,
  deleteMessages,
  nextVisibleMs,
  receiveMessages,
  returnMessages,
  sendMessage,
} from './message-store.ts';

const T = Date.UTC(2026, 0, 31);
const SETTINGS: QueueSettings = {
  delaySeconds: 0,
  largestMessageBytes: 1_048_576,
  retentionSeconds: 345_600,
  waitSeconds: 0,
  visibilitySeconds: 30,
  redrive: undefined,
};

let directory: string;
let state: StateEngine;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upstack-queues-'));
  state = await openStateIn(directory);
});
after(async () => {
  await state.close();
  await rm(directory, { recursive: true, force: true });
});

const run = <Result>(work: (database: Kysely<QueueTables>) => Promise<Result>) => state.run(work);

let made = 0;
async function queue(more: Partial<QueueSettings> = {}): Promise<string> {
  const name = `queue-${++made}`;
  assert.equal(await run((db) => createQueue(db, name, { ...SETTINGS, ...more }, {}, T)), true);
  return name;
}
const send = (name: string, body: string, nowMs = T, delaySeconds?: number) =>
  run((db) => sendMessage(db, name, { body, attributes: {}, delaySeconds }, nowMs));
const take = (name: string, nowMs: number, most = 10, visibilitySeconds?: number) =>
  run((db) => receiveMessages(db, name, { most, visibilitySeconds }, nowMs));
const receive = async (...input: Parameters<typeof take>) => (await take(...input)).messages;
const bodies = (messages: { body: string }[]) => messages.map(({ body }) => body);
const counts = (name: string, nowMs: number, retentionSeconds = SETTINGS.retentionSeconds) =>
  run((db) => countMessages(db, { name, retentionSeconds }, nowMs));

test('what is sent is received in its order, hidden while in flight, and gone when it is deleted', async () => {
  const name = await queue();
  const attributes = { colour: { DataType: 'String', StringValue: 'größer 🎉' } };
  const message = { body: '{"a":"ü"}', attributes, traceHeader: 'Root=1' };
  const first = await run((db) => sendMessage(db, name, message, T));
  await send(name, 'second', T + 1);
  const [one, two, ...rest] = await receive(name, T + 5);
  assert.ok(one && two);
  assert.deepEqual(rest, []);
  assert.deepEqual(one, {
    ...message,
    messageId: first,
    receipt: one.receipt,
    sentAt: new Date(T),
    firstReceivedAt: new Date(T + 5),
    hiddenUntil: new Date(T + 30_005),
    receiveCount: 1,
    deadLetterSource: null,
  });
  assert.deepEqual(await receive(name, T + 30_004), []);
  await run((db) => deleteMessages(db, name, [one]));
  const again = await receive(name, T + 30_005);
  assert.deepEqual(
    again.map(({ body, receiveCount, firstReceivedAt }) => [body, receiveCount, firstReceivedAt.getTime()]),
    [['second', 2, T + 5]],
  );
  await run((db) => deleteMessages(db, name, [two]));
  assert.deepEqual(await counts(name, T + 30_006), { visible: 0, inFlight: 1, delayed: 0 });
});

test('a message sent in a transaction that fails was never sent', async () => {
  const name = await queue();
  const failing = state.transaction<QueueTables, void>(async (database) => {
    assert.ok(await sendMessage(database, name, { body: 'no', attributes: {} }, T));
    throw new Error('rolled back');
  });
  await assert.rejects(failing, /rolled back/);
  assert.deepEqual(await receive(name, T), []);
  assert.equal(await send('no-such-queue', 'x'), undefined);
});

test('many receivers at once never get the same message', async () => {
  const name = await queue();
  const sent = Array.from({ length: 60 }, (_, i) => `m${i}`);
  await Promise.all(sent.map((body) => send(name, body)));
  const taken = await Promise.all(Array.from({ length: 12 }, () => receive(name, T, 5)));
  assert.deepEqual(bodies(taken.flat()).sort(), sent.sort());
});

test('a delay is the message’s own or else the queue’s, and the next visible time is known', async () => {
  const name = await queue({ delaySeconds: 60 });
  await send(name, 'as the queue says');
  await send(name, 'soon', T, 10);
  await send(name, 'at once', T, 0);
  assert.deepEqual(await counts(name, T), { visible: 1, inFlight: 0, delayed: 2 });
  assert.deepEqual(bodies(await receive(name, T)), ['at once']);
  assert.equal(await run((db) => nextVisibleMs(db, name, T)), T + 10_000);
  assert.deepEqual(bodies(await receive(name, T + 10_000)), ['soon']);
  assert.deepEqual(bodies(await receive(name, T + 59_999, 1)), ['at once']);
});

test('visibility is changed only by who has the message now', async () => {
  const name = await queue();
  await send(name, 'x');
  const [old] = await receive(name, T, 1, 1);
  const [now] = await receive(name, T + 1_000, 1, 60);
  assert.ok(old && now);
  const change = (held: typeof old, seconds: number, nowMs: number) =>
    run((db) => changeVisibility(db, name, held, seconds, nowMs));
  assert.equal(await change(old, 0, T + 1_001), false);
  assert.deepEqual(await receive(name, T + 1_001), []);
  assert.equal(await change(now, 0, T + 1_001), true);
  assert.equal(await change(now, 5, T + 1_001), false, 'it is not in flight any more');
  assert.equal((await receive(name, T + 1_001)).length, 1);
});

test('a receive that nobody has seen is undone, and does not count', async () => {
  const name = await queue();
  await send(name, 'x');
  const taken = await receive(name, T);
  await run((db) => returnMessages(db, name, taken, T + 1));
  await run((db) => deleteMessages(db, name, taken));
  const again = await receive(name, T + 1);
  assert.deepEqual(
    again.map(({ body, receiveCount }) => [body, receiveCount]),
    [['x', 1]],
  );
});

test('what was received too often goes to the dead-letter queue and makes room for others', async () => {
  const dead = await queue();
  const name = await queue({ redrive: { deadLetterQueue: dead, mostReceives: 2 } });
  const poison = await send(name, 'poison');
  for (const nowMs of [T, T + 30_000]) assert.deepEqual(bodies(await receive(name, nowMs, 1)), ['poison']);
  await send(name, 'fresh', T + 65_000);
  const { messages, movedTo } = await take(name, T + 70_000, 1);
  assert.deepEqual([bodies(messages), movedTo], [['fresh'], dead]);
  const [moved] = await receive(dead, T + 70_000);
  assert.deepEqual(
    [moved?.messageId, moved?.deadLetterSource, moved?.receiveCount, moved?.sentAt.getTime()],
    [poison, name, 1, T],
  );
});

test('without its dead-letter queue a message stays', async () => {
  const name = await queue({ redrive: { deadLetterQueue: 'gone', mostReceives: 1 } });
  await send(name, 'x');
  await receive(name, T);
  assert.equal((await receive(name, T + 30_000))[0]?.receiveCount, 2);
});

test('what is older than the retention is neither received nor counted, and then deleted', async () => {
  const name = await queue({ retentionSeconds: 60 });
  await send(name, 'old');
  await send(name, 'young', T + 30_000);
  assert.deepEqual(bodies(await receive(name, T + 60_000, 10, 0)), ['young']);
  assert.deepEqual(await counts(name, T + 60_000, 60), { visible: 1, inFlight: 0, delayed: 0 });
  assert.equal(await run((db) => deleteExpired(db, T + 60_000)), 1);
  assert.deepEqual(await counts(name, T + 60_000, 1e6), { visible: 1, inFlight: 0, delayed: 0 });
});

test('a queue is purged once in a while, and takes its messages with it when it is deleted', async () => {
  const name = await queue();
  const purge = (nowMs: number) =>
    state.transaction<QueueTables, boolean>((database) => purgeQueue(database, name, 60, nowMs));
  await send(name, 'x');
  assert.equal(await purge(T), true);
  assert.deepEqual(await receive(name, T), []);
  await send(name, 'y');
  assert.deepEqual([await purge(T + 59_999), (await receive(name, T)).length], [false, 1]);
  assert.equal(await purge(T + 60_000), true);
  await send(name, 'z');
  assert.equal(await run((db) => deleteQueue(db, name)), true);
  assert.equal(await run((db) => deleteQueue(db, name)), false);
  assert.equal(await run((db) => findQueue(db, name)), undefined);
  assert.equal(await run((db) => createQueue(db, name, SETTINGS, {}, T)), true);
  assert.deepEqual(await receive(name, T), []);
});
