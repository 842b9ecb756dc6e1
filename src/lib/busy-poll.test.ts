import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BusyPoll } from './busy-poll.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A poll under a clock that stands still, and arrivals at intervals of so many milliseconds. */
function polled(on = true) {
  let now = 0;
  const poll = new BusyPoll(on, () => now);
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
  pass(0.2);
  await turn();
  assert.equal(poll.polling, false);
});

test('arrivals that are late cost nothing, and one of them begins the count again', async () => {
  const { poll, arrive } = polled();
  arrive(1_000, 1);
  assert.equal(poll.polling, false);
  for (let i = 0; i < 10; i++) {
    arrive(15, 0.1);
    arrive(1, 1);
  }
  assert.equal(poll.polling, false);
});

test('where there is one processor the loop always sleeps', () => {
  const { poll, arrive } = polled(false);
  arrive(1_000, 0.01);
  assert.equal(poll.polling, false);
});
