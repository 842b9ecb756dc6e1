import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Analytics } from '@segment/analytics-node';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Environment } from '../../../sdk/src/core/environment.ts';
import type { EventsEngine } from '../../engines/events/engine.ts';
import { openEvents } from '../../engines/events/open.ts';
import { systemClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import { problem } from '../../signals/problems.ts';
import { Signals } from '../../signals/store.ts';
import { segmentDoor } from './door.ts';

const KEY = 'wk_test';
/** Bound to the environment `staging`. */
const STAGING_KEY = 'wk_staging';
let home: string;
let events: EventsEngine;
let signals: Signals;
let app: FastifyInstance;
let url: string;
let refuse: Error | undefined;

before(async () => {
  home = await mkdtemp(join(tmpdir(), 'upstack-segment-'));
  events = await openEvents({ url: 'embedded:', directory: join(home, 'events'), log: silentLog });
  signals = await Signals.open({
    events,
    directory: join(home, 'spool'),
    clock: systemClock,
    log: silentLog,
  });
  app = Fastify();
  segmentDoor(app, {
    signals: {
      append: async (records) => {
        if (refuse) throw refuse;
        await signals.append(records);
      },
    },
    admit: (key) => (key === KEY ? {} : key === STAGING_KEY ? { key: 'staging' as Environment } : undefined),
  });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
after(async () => {
  await app.close();
  await signals.close();
  await events.close();
  await rm(home, { recursive: true, force: true });
});

interface Row {
  event: string;
  type: string;
  user_id: string;
  anonymous_id: string;
  message_id: string;
  properties: string;
}

async function stored(): Promise<Row[]> {
  await signals.settle();
  return events.query<Row>(
    'SELECT event, type, user_id, anonymous_id, message_id, properties FROM upstack.product_events FINAL ORDER BY received, event',
  );
}

function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(url + path, {
    method: 'POST',
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

const basic = { authorization: `Basic ${Buffer.from(`${KEY}:`).toString('base64')}` };

test("Segment's own client: everything it sends is stored, once", async () => {
  const analytics = new Analytics({ writeKey: KEY, host: url, flushAt: 20 });
  const problems: unknown[] = [];
  analytics.on('error', (error) => problems.push(error));
  analytics.identify({ userId: 'ada', anonymousId: 'visitor-1', traits: { plan: 'pro' } });
  for (let i = 0; i < 25; i++) {
    analytics.track({ userId: 'ada', event: 'Order Completed', properties: { total: i, name: 'Käse' } });
  }
  analytics.page({ anonymousId: 'visitor-2', name: 'Home' });
  analytics.screen({ anonymousId: 'visitor-2', name: 'Cart' });
  analytics.group({ userId: 'ada', groupId: 'acme', traits: { size: 3 } });
  analytics.alias({ userId: 'ada', previousId: 'visitor-0' });
  await analytics.closeAndFlush({ timeout: 5_000 });
  assert.deepEqual(problems, []);
  const rows = await stored();
  assert.equal(rows.length, 30);
  const orders = rows.filter(({ event }) => event === 'Order Completed');
  assert.equal(orders.length, 25);
  assert.deepEqual(JSON.parse(orders[0]?.properties ?? ''), {
    total: JSON.parse(orders[0]?.properties ?? '').total,
    name: 'Käse',
  });
  assert.deepEqual(
    rows
      .filter(({ type }) => type !== 'track')
      .map(({ event, type }) => [event, type])
      .sort(),
    [
      ['Cart', 'screen'],
      ['Home', 'page'],
      ['alias', 'alias'],
      ['group', 'group'],
      ['identify', 'identify'],
    ],
  );
  const links = await events.query(
    'SELECT anonymous_id, user_id FROM upstack.identities FINAL ORDER BY anonymous_id',
  );
  assert.deepEqual(links, [
    { anonymous_id: 'visitor-0', user_id: 'ada' },
    { anonymous_id: 'visitor-1', user_id: 'ada' },
  ]);
});

test('events land in the environment that they name, or in that of the write key when it is bound to one', async () => {
  const message = (event: string, environment: unknown) => ({
    event,
    userId: 'eve',
    context: { upstack: { environment } },
  });
  assert.equal((await post('/v1/track', message('Named', 'pr-7'), basic)).status, 200);
  const bound = { authorization: `Bearer ${STAGING_KEY}` };
  assert.equal((await post('/v1/track', message('Bound', 'pr-7'), bound)).status, 200);
  assert.equal(
    (await post('/v1/track', { ...message('In body', 'pr-7'), writeKey: STAGING_KEY })).status,
    200,
  );
  assert.equal((await post('/v1/track', message('Unnamed', undefined), basic)).status, 200);
  const refused = await post('/v1/track', message('Wrong', 'Prod'), basic);
  assert.equal(refused.status, 400);
  assert.match(await refused.text(), /environment \\"Prod\\" must be 1 to 40 lower case letters/);
  await signals.settle();
  const rows = await events.query(
    `SELECT event, environment FROM upstack.product_events WHERE user_id = 'eve' ORDER BY event`,
  );
  assert.deepEqual(rows, [
    { event: 'Bound', environment: 'staging' },
    { event: 'In body', environment: 'staging' },
    { event: 'Named', environment: 'pr-7' },
    { event: 'Unnamed', environment: 'production' },
  ]);
});

test('the write key as Basic, as Bearer and in the body; gzip; a batch sent again lands once', async () => {
  const before = (await stored()).length;
  const message = (messageId: string) => ({
    type: 'track',
    event: 'Retried',
    userId: 'bob',
    messageId,
    timestamp: new Date(),
  });
  const batch = { batch: [message('r1'), message('r2')] };
  assert.deepEqual(await (await post('/v1/batch', batch, basic)).json(), { success: true });
  assert.equal((await post('/v1/batch', batch, { authorization: `Bearer ${KEY}` })).status, 200);
  assert.equal((await post('/v1/batch', { ...batch, writeKey: KEY })).status, 200);
  const packed = gzipSync(JSON.stringify(batch));
  assert.equal((await post('/v1/batch', packed, { ...basic, 'content-encoding': 'gzip' })).status, 200);
  assert.equal((await stored()).length, before + 2);
});

test('one message per call, its type from the path', async () => {
  const before = (await stored()).length;
  const answer = await post(
    '/v1/track',
    { event: 'Alone', anonymousId: 'a', writeKey: KEY },
    { 'content-type': 'text/plain' },
  );
  assert.deepEqual([answer.status, await answer.json()], [200, { success: true }]);
  assert.equal((await post('/v1/page', { name: 'Docs', anonymousId: 'a' }, basic)).status, 200);
  const rows = await stored();
  assert.equal(rows.length, before + 2);
  assert.match(rows.find(({ event }) => event === 'Alone')?.message_id ?? '', /^msg_/);
});

test('invalid events are named with their reasons, and nothing of the request is stored', async () => {
  const before = (await stored()).length;
  const batch = [
    { type: 'track', event: 'Fine', userId: 'u', messageId: 'fine' },
    { type: 'track', userId: 'u', messageId: 'nameless' },
    { type: 'track', event: 'Nobody' },
    'noise',
  ];
  const answer = await post('/v1/batch', { batch }, basic);
  assert.equal(answer.status, 400);
  const { success, detail, events: invalid } = (await answer.json()) as Record<string, unknown>;
  assert.equal(success, false);
  assert.match(String(detail), /3 of 4 events are invalid; none of the request was stored/);
  assert.deepEqual(invalid, [
    { index: 1, messageId: 'nameless', reason: 'event, the name of what happened, is missing' },
    { index: 2, messageId: null, reason: 'userId or anonymousId is missing' },
    { index: 3, messageId: null, reason: 'a message must be an object' },
  ]);
  assert.equal((await stored()).length, before);
});

test('what cannot be read is refused with a reason', async () => {
  const track = { event: 'x', userId: 'u' };
  const cases: [string, Promise<Response>, number, RegExp][] = [
    ['no key', post('/v1/track', track), 401, /write key/],
    ['wrong key', post('/v1/track', track, { authorization: 'Bearer nope' }), 401, /write key/],
    ['wrong key in the body', post('/v1/track', { ...track, writeKey: 'nope' }), 401, /write key/],
    ['cut JSON', post('/v1/track', '{"event":', basic), 400, /not JSON/],
    ['a list', post('/v1/track', '[]', basic), 400, /JSON object/],
    ['no batch', post('/v1/batch', {}, basic), 400, /"batch" must be a list/],
    ['empty batch', post('/v1/batch', { batch: [] }, basic), 400, /"batch" must be a list/],
    ['too many', post('/v1/batch', { batch: Array(2_501).fill(0) }, basic), 400, /1 to 2500/],
    ['too large', post('/v1/batch', { batch: ['x'.repeat(520_000)] }, basic), 413, /large/],
    [
      'gzip bomb',
      post('/v1/batch', gzipSync(Buffer.alloc(5_000_000, ' ')), { ...basic, 'content-encoding': 'gzip' }),
      413,
      /unpacks to more than/,
    ],
  ];
  for (const [name, asked, status, detail] of cases) {
    const answer = await asked;
    const document = (await answer.json()) as { detail: string; status: number };
    assert.equal(answer.status, status, name);
    assert.equal(document.status, status, name);
    assert.match(document.detail, detail, name);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
  }
});

test('a full spool answers 429 with Retry-After, a stopping control room 503', async () => {
  refuse = problem('spool-full', 'send again later');
  const full = await post('/v1/track', { event: 'x', userId: 'u' }, basic);
  assert.deepEqual([full.status, full.headers.get('retry-after')], [429, '5']);
  refuse = problem('not-stored', 'the control room is stopping');
  const stopping = await post('/v1/track', { event: 'x', userId: 'u' }, basic);
  assert.deepEqual([stopping.status, stopping.headers.get('retry-after')], [503, '2']);
  refuse = undefined;
});
