import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DEFAULT_ENVIRONMENT, type Environment } from '../../sdk/src/core/environment.ts';
import type { EventsEngine } from '../engines/events/engine.ts';
import { openEvents } from '../engines/events/open.ts';
import { silentLog } from '../lib/log.ts';
import { productEventRow } from '../signals/product-events/row.ts';
import { batchOf, positional, type RowOfTable, type TableName } from '../signals/tables.ts';
import { type Activity, mondayOf } from './activity.ts';
import * as queries from './queries.ts';

/** Random product events, and each question answered a second time in memory, as the definitions say it. */
interface Happening {
  event: string;
  daysAgo: number;
  anonymous: string;
  user: string;
}

const DAYS = 28;
const ELSEWHERE = 'elsewhere' as Environment;
let events: EventsEngine;
let directory: string;
let today: string;
const happenings = randomHappenings(1_500);

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upstack-product-'));
  events = await openEvents({ url: 'embedded:', directory, log: silentLog });
  today = (
    (await events.query<{ today: string }>('SELECT toString(today()) AS today'))[0] as { today: string }
  ).today;
  const links = new Map(happenings.filter((h) => h.user !== '').map((h) => [h.anonymous, h.user]));
  const rows = [...happenings, ...happenings.slice(0, 100)].map((h, i) =>
    row(h.event, day(h.daysAgo), { user: h.user, anonymous: h.anonymous }, `m${i % happenings.length}`),
  );
  await insert('product_events', rows, 'happenings');
  const identities = [...links].map(([anonymous, user]) => ({
    environment: DEFAULT_ENVIRONMENT,
    anonymous_id: anonymous,
    user_id: user,
    first: `${today} 00:00:00.000`,
  }));
  await insert('identities', identities, 'links');
  await insertElsewhere();
});

/**
 * Another environment with the same people, events and messages: more happens there, and visitors who are anonymous in
 * ours are known. No answer about ours may show any of it.
 */
async function insertElsewhere(): Promise<void> {
  const rows = happenings.map((h, i) =>
    row(h.event, day(i % 90), { user: '', anonymous: h.anonymous }, `m${i}`, ELSEWHERE),
  );
  await insert('product_events', rows, 'happenings elsewhere');
  const identities = Array.from({ length: 150 }, (_, i) => ({
    environment: ELSEWHERE,
    anonymous_id: `a${i}`,
    user_id: 'everybody',
    first: `${day(200)} 00:00:00.000`,
  }));
  await insert('identities', identities, 'links elsewhere');
}

function insert<Name extends TableName>(table: Name, rows: RowOfTable<Name>[], token: string): Promise<void> {
  return events.insert(batchOf(positional(table, rows), token));
}

function row(
  event: string,
  on: string,
  who: { user: string; anonymous: string },
  messageId: string,
  environment = DEFAULT_ENVIRONMENT,
) {
  const atMs = Date.parse(`${on}T12:00:00Z`);
  const { user: userId, anonymous: anonymousId } = who;
  const base = {
    environment,
    type: 'track',
    atMs,
    receivedMs: atMs,
    properties: {},
    traceId: '',
    demo: false,
  };
  return productEventRow({ ...base, name: event, userId, anonymousId, unit: anonymousId, messageId });
}

after(async () => {
  await events.close();
  await rm(directory, { recursive: true });
});

function day(daysAgo: number): string {
  return new Date(Date.parse(`${today}T00:00:00Z`) - daysAgo * 86_400_000).toISOString().slice(0, 10);
}

/** A visitor is either always anonymous or belongs to one user, who may have several visitors' ids. */
function randomHappenings(count: number): Happening[] {
  let state = 12345;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
  return Array.from({ length: count }, () => {
    const visitor = random(150);
    const known = visitor % 3 !== 0 && random(4) === 0;
    return {
      event: ['Viewed', 'Bought', 'Wished'][random(3)] as string,
      daysAgo: random(90),
      anonymous: `a${visitor}`,
      user: known ? `u${visitor % 40}` : '',
    };
  });
}

const owner = new Map(happenings.filter((h) => h.user !== '').map((h) => [h.anonymous, h.user]));
const personOf = (h: Happening): string => owner.get(h.anonymous) ?? h.anonymous;

function expectedActivity(of: Happening[]): Activity[] {
  const weeks = new Map<string, bigint>();
  for (const h of of) {
    const monday = Date.parse(`${mondayOf(day(h.daysAgo), 0)}T00:00:00Z`);
    const ago = (Date.parse(`${mondayOf(today, 0)}T00:00:00Z`) - monday) / (7 * 86_400_000);
    weeks.set(personOf(h), (weeks.get(personOf(h)) ?? 0n) | (1n << BigInt(ago)));
  }
  const people = new Map<bigint, number>();
  for (const mask of weeks.values()) people.set(mask, (people.get(mask) ?? 0) + 1);
  return sorted([...people].map(([mask, count]) => ({ weeks: mask, people: count })));
}

function sorted(activity: Activity[]): Activity[] {
  return activity.sort((a, b) => (a.weeks < b.weeks ? -1 : 1));
}

test('weekly activity counts people, an anonymous visit as the user it was linked to', async () => {
  assert.deepEqual(
    sorted((await queries.activity(events, DEFAULT_ENVIRONMENT)).people),
    expectedActivity(happenings),
  );
  const bought = happenings.filter((h) => h.event === 'Bought');
  assert.deepEqual(
    sorted((await queries.activity(events, DEFAULT_ENVIRONMENT, 'Bought')).people),
    expectedActivity(bought),
  );
});

test('the other environment has numbers of its own', async () => {
  const { people } = await queries.activity(events, ELSEWHERE);
  assert.equal(
    people.reduce((sum, pattern) => sum + pattern.people, 0),
    1,
    'all visitors are one user there',
  );
  assert.equal(await queries.activePeople(events, ELSEWHERE, 90), 1);
  assert.equal((await queries.adoption(events, ELSEWHERE, 'Wished', DAYS)).adopters, 1);
  assert.equal(await queries.activePeople(events, 'nowhere' as Environment, 90), 0);
});

test('features count people, uses and repeated use; a message sent twice counts once', async () => {
  const recent = happenings.filter((h) => h.daysAgo < DAYS);
  const view = await queries.features(events, DEFAULT_ENVIRONMENT, DAYS);
  assert.equal(view.active, new Set(recent.map(personOf)).size);
  for (const row of view.features) {
    const uses = recent.filter((h) => h.event === row.event);
    const people = [...new Set(uses.map(personOf))];
    const repeat = people.filter(
      (p) => new Set(uses.filter((h) => personOf(h) === p).map((h) => h.daysAgo)).size >= 2,
    );
    assert.deepEqual(
      [row.people, row.uses, row.repeat],
      [people.length, uses.length, repeat.length],
      row.event,
    );
  }
});

test('adoption shows the first use ever of each person; the total includes earlier uses', async () => {
  const uses = happenings.filter((h) => h.event === 'Wished');
  const first = new Map<string, number>();
  for (const h of uses) first.set(personOf(h), Math.max(first.get(personOf(h)) ?? 0, h.daysAgo));
  const view = await queries.adoption(events, DEFAULT_ENVIRONMENT, 'Wished', DAYS);
  assert.equal(view.firstUses.length, DAYS);
  let total = [...first.values()].filter((daysAgo) => daysAgo >= DAYS).length;
  for (const [index, row] of view.firstUses.entries()) {
    const people = [...first.values()].filter((daysAgo) => daysAgo === DAYS - 1 - index).length;
    total += people;
    assert.deepEqual(row, { day: day(DAYS - 1 - index), people, total });
  }
});

test('a rare feature is counted however many others there are', async () => {
  const by = (event: string, person: string) =>
    row(event, today, { user: person, anonymous: '' }, `${event}-${person}`);
  const many = Array.from({ length: 101 }, (_, i) => [by(`Event ${i}`, 'r1'), by(`Event ${i}`, 'r2')]).flat();
  await insert('product_events', [...many, by('Rare', 'r1')], 'many');
  const view = await queries.adoption(events, DEFAULT_ENVIRONMENT, 'Rare', 7);
  assert.deepEqual([view.adopters, view.uses], [1, 1]);
});

test('a feature that nobody uses has zeros, not an error', async () => {
  const view = await queries.adoption(events, DEFAULT_ENVIRONMENT, 'Never', 7);
  assert.deepEqual([view.adopters, view.uses, view.repeat, view.firstUses.length], [0, 0, 0, 7]);
});
