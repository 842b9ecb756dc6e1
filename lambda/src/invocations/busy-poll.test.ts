import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BusyPoll } from './busy-poll.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A poll under a clock that stands still, and arrivals at intervals of so many milliseconds. */
function polled(processors = 2) {
  let now = 0;
  const poll = new BusyPoll(processors, { monotonic: () => now });
  const pass = (ms: number) => {
    now += ms;
  };
  const arrive = (times: number, everyMs: number) => {
    for (let i = 0; i < times; i++) {
      pass(everyMs);
      poll.arrived();
    }
  };
  return { poll, pass, arrive };
}

test('many near arrivals in a row keep the loop awake, until none comes', async () => {
  const { poll, pass, arrive } = polled();
  arrive(16, 0.1);
  assert.equal(poll.polling, false);
  arrive(1, 0.1);
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

test('where more than one arrival in nine is late, it never looks', () => {
  const { poll, arrive } = polled();
  arrive(1_000, 1);
  assert.equal(poll.polling, false);
  for (let i = 0; i < 100; i++) {
    arrive(7, 0.1);
    arrive(1, 1);
  }
  assert.equal(poll.polling, false);
});

test('after a late arrival among many near ones it looks on', async () => {
  const { poll, pass, arrive } = polled();
  arrive(1_000, 0.1);
  for (const expected of [true, true, false]) {
    pass(1);
    await turn();
    assert.equal(poll.polling, false);
    arrive(1, 0);
    assert.equal(poll.polling, expected);
  }
});

test('while as much runs as there are processors, it soon stops', async () => {
  const { poll, pass, arrive } = polled();
  arrive(20, 0.1);
  poll.began();
  pass(0.15);
  await turn();
  assert.equal(poll.polling, true);
  poll.began();
  await turn();
  assert.equal(poll.polling, false);
  poll.ended();
  arrive(1, 0.05);
  pass(0.15);
  await turn();
  assert.equal(poll.polling, true);
  pass(1);
  await turn();
});

test('where there is one processor the loop always sleeps', () => {
  const { poll, arrive } = polled(1);
  arrive(1_000, 0.01);
  assert.equal(poll.polling, false);
});
