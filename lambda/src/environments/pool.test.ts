import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { until } from '../../test/support/until.ts';
import { systemClock } from '../clock.ts';
import { LambdaError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { exited } from './failures.ts';
import { Pool, type PoolMember, StartFailure } from './pool.ts';

/** A pool member without a process: it becomes ready and ends when the test says so. */
class Member implements PoolMember {
  readonly instance: string;
  ready = false;
  idleSince = 0;
  isShutDown = false;
  readonly provisioned: boolean;
  #pool: Pool<Member>;

  constructor(instance: string, pool: Pool<Member>, provisioned: boolean) {
    this.instance = instance;
    this.provisioned = provisioned;
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

  /** It ends without ever having waited for work. */
  failToStart(): void {
    this.#pool.onEnded(this, exited('init', 1, null));
  }

  async close(): Promise<void> {
    this.shutDown();
  }
}

function fixture(concurrency = 3, clock: Pick<Clock, 'monotonic'> = systemClock) {
  const members: Member[] = [];
  const state = { drained: 0 };
  const pool = new Pool<Member>({
    concurrency,
    clock,
    drained: () => state.drained++,
    start(of, initialization) {
      const member = new Member(`m${members.length}`, of, initialization === 'provisioned-concurrency');
      members.push(member);
      return member;
    },
  });
  return { pool, members, state };
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

/** A pool whose only environment came up in so many milliseconds and is busy; the clock stands unless it is told. */
async function busy(t: TestContext, startMs = 0) {
  let now = 0;
  const { pool, members } = fixture(2, { monotonic: () => now });
  t.after(() => pool.close());
  /** An invocation waits so long for the environment. */
  const wait = async (ms: number) => {
    const waiting = pool.acquire();
    now += ms;
    members[0]?.rest();
    await waiting;
  };
  await wait(startMs);
  return { pool, members, wait };
}

test('invocations that wait a little again and again get another environment', async (t) => {
  const { pool, members, wait } = await busy(t);
  for (let i = 0; i < 6; i++) await wait(2);
  assert.equal(members.length, 1);
  const waiting = pool.acquire();
  // Should no other be started, the pool refuses it when it closes.
  waiting.catch(() => {});
  assert.equal(members.length, 2);
  members[1]?.rest();
  assert.equal(await waiting, members[1]);
});

test('waits that are hardly any start no environment, however many they are', async (t) => {
  const { members, wait } = await busy(t);
  for (let i = 0; i < 1_000; i++) await wait(0.2);
  assert.equal(members.length, 1);
});

test('what an invocation waited for a start counts for no other environment', async (t) => {
  const { members, wait } = await busy(t, 60);
  await wait(0.2);
  assert.equal(members.length, 1);
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

/** Makes each of the newest members wait for work until so many of the pool's provisioned ones do. */
async function initialise({ pool, members }: ReturnType<typeof fixture>, count: number): Promise<void> {
  while (pool.provisioned.initialised < count) {
    await until(() => members.some(({ ready, isShutDown }) => !ready && !isShutDown));
    members.find(({ ready, isShutDown }) => !ready && !isShutDown)?.rest();
  }
}

test('provisioned environments are there before anyone asks, go first, and spill over', async () => {
  const made = fixture();
  const { pool, members } = made;
  pool.provision(3);
  assert.deepEqual(pool.provisioned, { initialised: 0, failed: false });
  await initialise(made, 3);
  assert.deepEqual(
    members.map(({ provisioned }) => provisioned),
    [true, true, true],
  );
  pool.provision(2);
  assert.deepEqual(
    [pool.provisioned.initialised, members.filter(({ isShutDown }) => isShutDown).length],
    [2, 1],
  );
  const taken = [await pool.acquire(), await pool.acquire()];
  const spilled = pool.acquire();
  await until(() => members.length === 4);
  members[3]?.rest();
  assert.deepEqual([(await spilled).provisioned, pool.provisioned.initialised], [false, 2]);
  for (const member of [...taken, await spilled]) member.rest();
  assert.equal((await pool.acquire()).provisioned, true, 'though the other was used last');
  await pool.close();
});

test('provisioned environments are kept without work, and others are not', async () => {
  const made = fixture();
  made.pool.provision(1);
  await initialise(made, 1);
  const [first, second] = [await made.pool.acquire(), made.pool.acquire()];
  await until(() => made.members.length === 2);
  made.members[1]?.rest();
  for (const member of [first, await second]) member.rest();
  made.pool.evictIdle(1_000_000);
  assert.deepEqual([made.pool.size, first.isShutDown, (await second).isShutDown], [1, false, true]);
  await made.pool.close();
});

test('a provisioned environment that dies at work is replaced at once', async () => {
  const made = fixture();
  made.pool.provision(1);
  await initialise(made, 1);
  for (let n = 1; n <= 4; n++) {
    (await made.pool.acquire()).shutDown();
    assert.equal(made.members.length, n + 1);
    await initialise(made, 1);
  }
  await made.pool.close();
});

test('what does not start is said, tried again after a pause, and fails no invocation', async () => {
  const made = fixture();
  const { pool, members } = made;
  pool.provision(1);
  const waiting = pool.acquire();
  await until(() => members.length === 2);
  members[0]?.failToStart();
  assert.deepEqual([members[1]?.provisioned, pool.provisioned], [false, { initialised: 0, failed: true }]);
  members[1]?.rest();
  assert.equal(await waiting, members[1]);
  assert.equal(members.length, 2, 'the next start has to wait');
  await until(() => members.length === 3);
  members[2]?.rest();
  assert.deepEqual(pool.provisioned, { initialised: 1, failed: false });
  members[2]?.shutDown();
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(members.length, 3, 'nor is one replaced at once that dies again without having been used');
  await pool.close();
});

test('what is provisioned no more ends when it has nothing to do, and a retired pool provisions nothing', async () => {
  const made = fixture();
  made.pool.provision(2);
  await initialise(made, 2);
  const busy = await made.pool.acquire();
  made.pool.provision(0);
  assert.deepEqual(
    made.members.map(({ isShutDown }) => isShutDown),
    made.members.map((member) => member !== busy),
  );
  busy.rest();
  assert.deepEqual([busy.isShutDown, made.pool.size], [true, 0]);
  made.pool.provision(1);
  made.pool.retire();
  made.members.at(-1)?.rest();
  made.pool.provision(1);
  assert.deepEqual([made.pool.size, made.state.drained], [0, 1]);
});
