import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LambdaError } from '../errors.ts';
import { exited } from './failures.ts';
import { Pool, type PoolMember, StartFailure } from './pool.ts';

/** A pool member without a process: it becomes ready and ends when the test says so. */
class Member implements PoolMember {
  readonly instance: string;
  ready = false;
  idleSince = 0;
  isShutDown = false;
  #pool: Pool<Member>;

  constructor(instance: string, pool: Pool<Member>) {
    this.instance = instance;
    this.#pool = pool;
  }

  /** It has nothing to do since that time. */
  rest(at = 0): void {
    this.ready = true;
    this.idleSince = at;
    this.#pool.onIdle(this);
  }

  shutDown(): void {
    this.isShutDown = true;
    this.ready = false;
    this.#pool.onEnded(this, undefined);
  }

  async close(): Promise<void> {
    this.shutDown();
  }
}

function fixture(concurrency = 3) {
  const members: Member[] = [];
  const state = { drained: 0 };
  const pool = new Pool<Member>({
    concurrency,
    drained: () => state.drained++,
    start(of) {
      const member = new Member(`m${members.length}`, of);
      members.push(member);
      return member;
    },
  });
  return { pool, members, state };
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error('gave up waiting');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A pool with so many members, all of them idle since the given times. */
async function idle(times: number[]) {
  const made = fixture(times.length);
  const taken = times.map(() => made.pool.acquire());
  for (let i = 0; i < times.length; i++) {
    await until(() => made.members.length > i);
    made.members[i]?.rest();
  }
  await Promise.all(taken);
  for (const [i, at] of times.entries()) made.members[i]?.rest(at);
  return made;
}

test('an idle environment is taken again, the most recently used first', async () => {
  const { pool, members } = await idle([0, 0]);
  assert.equal(await pool.acquire(), members[1]);
  assert.equal(await pool.acquire(), members[0]);
  assert.equal(members.length, 2);
});

test('one that waits takes what becomes free first, and no more are started than the limit says', async () => {
  const { pool, members } = fixture(2);
  const order: string[] = [];
  const taken = ['a', 'b', 'c', 'd'].map((name) => pool.acquire().then(() => order.push(name)));
  await until(() => members.length === 2);
  members[0]?.rest();
  members[0]?.rest();
  members[1]?.rest();
  members[0]?.rest();
  await Promise.all(taken);
  assert.deepEqual(order, ['a', 'b', 'c', 'd']);
  assert.equal(members.length, 2);
  await pool.close();
});

test('an environment that is dead already is not handed out', async () => {
  const { pool, members } = await idle([0, 0]);
  (members[1] as Member).ready = false;
  assert.equal(await pool.acquire(), members[0]);
});

test('a start that fails fails the oldest that waits, and the next start serves the next', async () => {
  const { pool, members } = fixture(1);
  const first = pool.acquire();
  const second = pool.acquire();
  pool.onEnded(members[0] as Member, exited('init', 1, null));
  await assert.rejects(first, (error) => error instanceof StartFailure && error.instance === 'm0');
  await until(() => members.length === 2);
  members[1]?.rest();
  assert.equal(await second, members[1]);
});

test('surplus environments go after 30 seconds without work, the last one after 5 minutes', async () => {
  const { pool, members } = await idle([0, 10_000, 25_000]);
  pool.evictIdle(29_000);
  assert.equal(pool.size, 3);
  pool.evictIdle(41_000);
  assert.deepEqual(
    members.map(({ isShutDown }) => isShutDown),
    [true, true, false],
  );
  pool.evictIdle(300_000);
  assert.equal(pool.size, 1);
  pool.evictIdle(325_001);
  assert.equal(pool.size, 0);
});

test('a retired pool ends idle ones at once, busy ones when they are done, and then says so', async () => {
  const { pool, members, state } = await idle([0, 0]);
  const busy = await pool.acquire();
  pool.retire();
  assert.deepEqual([members[0]?.isShutDown, busy.isShutDown, state.drained], [true, false, 0]);
  busy.rest();
  assert.deepEqual([busy.isShutDown, state.drained], [true, 1]);
});

test('a pool that closes refuses those that wait', async () => {
  const { pool } = fixture(1);
  const waiting = pool.acquire();
  const refused = assert.rejects(waiting, (error) => error instanceof LambdaError && error.status === 500);
  await pool.close();
  await refused;
  assert.equal(pool.size, 0);
});
