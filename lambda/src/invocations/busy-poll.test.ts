import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { BusyPoll } from './busy-poll.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A clock that stands still would keep a poll polling. */
const clocks: ((ms: number) => void)[] = [];
afterEach(() => {
  for (const pass of clocks.splice(0)) pass(1);
});

/** A poll under a clock that stands still, and arrivals at intervals of so many milliseconds, one a turn of the loop. */
function polled(processors = 2, enabled = true) {
  let now = 0;
  const poll = new BusyPoll({ enabled, processors, clock: { monotonic: () => now } });
  const pass = (ms: number) => {
    now += ms;
  };
  clocks.push(pass);
  const arrive = async (times: number, everyMs: number) => {
    for (let i = 0; i < times; i++) {
      pass(everyMs);
      poll.arrived();
      if (i + 1 < times) await turn();
    }
  };
  return { poll, pass, arrive };
}

test('many near arrivals in a row keep the loop awake, until none comes', async () => {
  const { poll, pass, arrive } = polled();
  await arrive(16, 0.1);
  assert.equal(poll.polling, false);
  await arrive(1, 0.1);
  for (let i = 0; i < 5; i++) {
    assert.equal(poll.polling, true);
    await turn();
  }
  pass(0.2);
  await turn();
  assert.equal(poll.polling, true);
  pass(0.1);
  await turn();
  assert.equal(poll.polling, false);
});

test('where more than one arrival in nine is late, it never polls', async () => {
  const { poll, arrive } = polled();
  await arrive(1_000, 1);
  assert.equal(poll.polling, false);
  for (let i = 0; i < 100; i++) {
    await arrive(7, 0.1);
    await arrive(1, 1);
  }
  assert.deepEqual([poll.polling, poll.polls], [false, 0]);
});

test('after a late arrival among many near ones it polls on', async () => {
  const { poll, pass, arrive } = polled();
  await arrive(100, 0.1);
  for (const expected of [true, true, false]) {
    pass(1);
    await turn();
    assert.equal(poll.polling, false);
    await arrive(1, 0);
    assert.equal(poll.polling, expected);
  }
});

test('while invocations occupy all processors, it soon stops', async () => {
  const { poll, pass, arrive } = polled();
  await arrive(20, 0.1);
  poll.began();
  pass(0.15);
  await turn();
  assert.equal(poll.polling, true);
  poll.began();
  await turn();
  assert.equal(poll.polling, false);
  poll.ended();
  await arrive(1, 0.05);
  pass(0.15);
  await turn();
  assert.equal(poll.polling, true);
  pass(1);
  await turn();
});

test('a long turn of the loop stops it, and it has to earn its credit again', async () => {
  const { poll, pass, arrive } = polled();
  await arrive(40, 0.1);
  assert.equal(poll.polling, true);
  pass(2.1);
  poll.arrived();
  await turn();
  assert.equal(poll.polling, false);
  await arrive(15, 0.1);
  assert.equal(poll.polling, false);
  await arrive(1, 0.1);
  assert.equal(poll.polling, true);
});

test('after 20 ms at a stretch the loop may sleep once', async () => {
  const { poll, arrive } = polled();
  await arrive(17, 0.1);
  const before = poll.polls;
  let slept = 0;
  for (let i = 0; i < 1_000; i++) {
    await turn();
    if (!poll.polling) slept++;
    await arrive(1, 0.1);
  }
  assert.ok(slept >= 4 && slept <= 6, `slept ${slept} times in 100 ms`);
  assert.ok(poll.polls - before > 900);
});

test('with a single processor, or switched off, the loop always sleeps', async () => {
  for (const { poll, arrive } of [polled(1), polled(8, false)]) {
    await arrive(100, 0.01);
    assert.deepEqual([poll.polling, poll.polls], [false, 0]);
  }
});

/** Polls for as long as the work takes. By its clock no arrival is late and no turn long, however busy the machine is. */
async function whilePolling(work: (poll: BusyPoll) => Promise<void>): Promise<void> {
  let now = 0;
  const poll = new BusyPoll({ processors: 2, clock: { monotonic: () => now } });
  let working = true;
  const arrivals = () => {
    now += working ? 0.01 : 1;
    if (!working) return;
    poll.arrived();
    setImmediate(arrivals);
  };
  arrivals();
  try {
    while (!poll.polling) await turn();
    await work(poll);
  } finally {
    working = false;
  }
}

test('a due timer runs within the next turn of the loop', async () => {
  await whilePolling(async (poll) => {
    for (let i = 0; i < 50; i++) {
      const dueAt = performance.now() + 2;
      const fired = new Promise<number>((resolve) => setTimeout(() => resolve(poll.polls), 1));
      let pollsWhenDue = poll.polls;
      const watch = () => {
        if (performance.now() >= dueAt) return;
        pollsWhenDue = poll.polls;
        setImmediate(watch);
      };
      watch();
      const late = (await fired) - pollsWhenDue;
      assert.ok(late <= 2, `${late} polls after it was due`);
    }
    assert.ok(poll.polls > 100, `${poll.polls}`);
  });
});

test('what arrives on a socket is read within a few turns of the loop', async () => {
  const server = createServer((socket) => socket.pipe(socket));
  after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as { port: number }).port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  await whilePolling(async (poll) => {
    for (let i = 0; i < 50; i++) {
      const before = poll.polls;
      socket.write('x');
      await once(socket, 'data');
      // Loopback delivers in the same system call; a busy machine may still take its time.
      const turns = poll.polls - before;
      assert.ok(turns < 1_000, `${turns} polls for an echo`);
    }
  });
  socket.destroy();
});

test('an immediate of others runs in every turn', async () => {
  await whilePolling(async (poll) => {
    for (let i = 0; i < 100; i++) {
      const before = poll.polls;
      await turn();
      assert.ok(poll.polls - before <= 1);
    }
  });
});
