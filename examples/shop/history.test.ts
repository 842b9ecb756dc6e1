import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  generateHistory,
  type HistoryMessage,
  recentCustomers,
  WISHLIST,
  WISHLIST_AGE_DAYS,
} from './history.ts';

const DAY_MS = 86_400_000;
const endMs = Date.UTC(2026, 4, 20, 15);
const batches = [...generateHistory({ seed: 7, endMs })];
const messages = batches.flat();
const week = (message: HistoryMessage): number =>
  Math.floor((Date.parse(message.timestamp) / DAY_MS + 3) / 7);
const weeksOf = new Map<string, Set<number>>();
for (const message of messages) {
  const weeks = weeksOf.get(message.anonymousId) ?? new Set();
  weeksOf.set(message.anonymousId, weeks.add(week(message)));
}
const thisWeek = Math.max(...messages.map(week));

test('the same options give the same history, another seed gives another', () => {
  const small = { people: 50, endMs };
  assert.deepEqual([...generateHistory({ seed: 7, ...small })], [...generateHistory({ seed: 7, ...small })]);
  assert.notDeepEqual(
    [...generateHistory({ seed: 7, ...small })],
    [...generateHistory({ seed: 8, ...small })],
  );
});

test('a later end on the same day only adds', () => {
  const early = [...generateHistory({ seed: 7, people: 300, endMs: endMs - 6 * 3_600_000 })].flat();
  const later = new Map(
    [...generateHistory({ seed: 7, people: 300, endMs })].flat().map((m) => [m.messageId, m]),
  );
  assert.ok(later.size > early.length);
  for (const message of early) assert.deepEqual(later.get(message.messageId), message);
});

test('the history has the documented size, comes in batches, is marked as demo data, and repeats no message', () => {
  assert.ok(messages.length > 80_000 && messages.length < 200_000, `${messages.length}`);
  assert.ok(weeksOf.size > 3_900 && weeksOf.size <= 4_000, `${weeksOf.size}`);
  assert.ok(batches.every((batch) => batch.length <= 1_000));
  assert.equal(new Set(messages.map((m) => m.messageId)).size, messages.length);
  assert.ok(messages.every((m) => m.context.upstack.demo));
});

test('the messages of a person are chronological, within the period, and identified once identified', () => {
  const last = new Map<string, HistoryMessage>();
  for (const message of messages) {
    const before = last.get(message.anonymousId);
    if (before) {
      assert.ok(before.timestamp < message.timestamp);
      assert.ok(before.userId === undefined || before.userId === message.userId);
    }
    const at = Date.parse(message.timestamp);
    assert.ok(at <= endMs && at > endMs - 91 * DAY_MS);
    last.set(message.anonymousId, message);
  }
});

test('retention in the first week is 20 to 60 percent in every cohort, and the curve falls', () => {
  const cohorts = new Map<number, Set<number>[]>();
  for (const weeks of weeksOf.values()) {
    const first = Math.min(...weeks);
    cohorts.set(first, [...(cohorts.get(first) ?? []), weeks]);
  }
  const retained = (k: number): number => {
    const eligible = [...cohorts].filter(([first]) => first + k < thisWeek);
    const people = eligible.flatMap(([first, members]) => members.map((weeks) => weeks.has(first + k)));
    return people.filter(Boolean).length / people.length;
  };
  for (const [first, members] of cohorts) {
    if (first + 1 >= thisWeek) continue;
    const share = members.filter((weeks) => weeks.has(first + 1)).length / members.length;
    assert.ok(share > 0.2 && share < 0.6, `week ${first}: ${share}`);
  }
  const curve = [1, 2, 4, 8].map(retained);
  assert.deepEqual(
    [...curve].sort((a, b) => b - a),
    curve,
  );
  assert.ok((curve[3] as number) > 0.08 && (curve[3] as number) < 0.3, curve.join(' '));
});

test('the shop grows from week to week', () => {
  const active = Array.from(
    { length: 13 },
    (_, k) => [...weeksOf.values()].filter((weeks) => weeks.has(thisWeek - 13 + k)).length,
  );
  for (let k = 1; k < active.length; k++)
    assert.ok((active[k] as number) > (active[k - 1] as number), active.join(' '));
});

test('the wishlist is used from its launch, by more people each week, and by a minority', () => {
  const uses = messages.filter((m) => m.type === 'track' && m.event === WISHLIST);
  const launch = (Math.floor(endMs / DAY_MS) - WISHLIST_AGE_DAYS) * DAY_MS;
  assert.ok(uses.every((m) => Date.parse(m.timestamp) >= launch));
  const firsts = new Map<string, number>();
  for (const m of uses) {
    const age = Math.floor((Date.parse(m.timestamp) - launch) / (7 * DAY_MS));
    firsts.set(m.anonymousId, Math.min(firsts.get(m.anonymousId) ?? age, age));
  }
  const perWeek = [0, 1, 2, 3, 4].map((age) => [...firsts.values()].filter((first) => first === age).length);
  assert.ok(
    perWeek.every((people) => people >= 20),
    perWeek.join(' '),
  );
  const active = [...weeksOf.values()].filter((weeks) => Math.max(...weeks) >= thisWeek - 5).length;
  assert.ok(firsts.size / active > 0.1 && firsts.size / active < 0.5, `${firsts.size} of ${active}`);
});

test('customers are mostly recently active people, determined by the seed, each once', () => {
  const customers = recentCustomers({ seed: 7, endMs });
  assert.deepEqual(recentCustomers({ seed: 7, endMs }), customers);
  assert.notDeepEqual(recentCustomers({ seed: 8, endMs }), customers);
  assert.equal(new Set(customers).size, customers.length);
  assert.ok(customers.length > 900 && customers.length < 1_300, `${customers.length}`);
  const numberOf = (message: HistoryMessage): number => Number(message.messageId.split('-')[2]);
  const everCame = new Set(messages.map(numberOf));
  const recent = new Set(messages.filter((m) => Date.parse(m.timestamp) > endMs - 7 * DAY_MS).map(numberOf));
  const among = customers.filter((index) => recent.has(index)).length;
  assert.ok(customers.every((index) => everCame.has(index)));
  assert.ok(Math.abs(among / recent.size - 0.68) < 0.05, `${among} of ${recent.size}`);
  const others = customers.length - among;
  assert.ok(others > 40 && others < 110, `${others}`);
  // A prefix of the list is a fair sample: it does not favour early arrivals.
  const firstHundred = customers.slice(0, 100).reduce((sum, index) => sum + index, 0) / 100;
  const all = customers.reduce((sum, index) => sum + index, 0) / customers.length;
  assert.ok(Math.abs(firstHundred - all) < 500, `${firstHundred} and ${all}`);
});
