import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arrivals } from './arrivals.ts';

const HOUR_MS = 3_600_000;
const never = new AbortController().signal;

test('what arrives between two looks is not missed', async () => {
  const arrivals = new Arrivals();
  const watch = arrivals.watch('cart');
  arrivals.announce('cart');
  await watch.next(HOUR_MS, never);
  const waiting = watch.next(HOUR_MS, never);
  arrivals.announce('cart');
  await waiting;
  watch.close();
});

test('another queue, and what arrived before, wake nobody', async () => {
  const arrivals = new Arrivals();
  arrivals.announce('cart');
  const watch = arrivals.watch('cart');
  let woken = false;
  const waiting = watch.next(HOUR_MS, never).then(() => {
    woken = true;
  });
  arrivals.announce('orders');
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(woken, false);
  watch.close();
  await waiting;
});

test('waiting ends with the time, with the signal, and when all is closed', async () => {
  const arrivals = new Arrivals();
  const watch = arrivals.watch('cart');
  await watch.next(1, never);
  const leaving = new AbortController();
  const waiting = watch.next(HOUR_MS, leaving.signal);
  leaving.abort();
  await waiting;
  await watch.next(HOUR_MS, leaving.signal);
  const last = watch.next(HOUR_MS, never);
  arrivals.close();
  await last;
  await arrivals.watch('cart').next(HOUR_MS, never);
  assert.equal(arrivals.closed, true);
});
