import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { afterError, afterRefusal, isExpired } from './retry.ts';

const NOW = 1_700_000_000_000;

test('an error is followed by attempts after one minute and after two, then by the end', () => {
  const at = (attempts: number, maximumRetryAttempts?: number) =>
    afterError({ acceptedMs: NOW, attempts }, { maximumRetryAttempts }, NOW);
  assert.deepEqual(
    [at(1), at(2), at(3)],
    [{ dueMs: NOW + 60_000 }, { dueMs: NOW + 120_000 }, { condition: 'RetriesExhausted' }],
  );
  assert.deepEqual(at(1, 0), { condition: 'RetriesExhausted' });
  assert.deepEqual([at(1, 1), at(2, 1)], [{ dueMs: NOW + 60_000 }, { condition: 'RetriesExhausted' }]);
});

test('a retry that the age forbids is not waited for', () => {
  const settings = { maximumEventAgeInSeconds: 90 };
  assert.deepEqual(afterError({ acceptedMs: NOW, attempts: 1 }, settings, NOW + 29_999), {
    dueMs: NOW + 89_999,
  });
  assert.deepEqual(afterError({ acceptedMs: NOW, attempts: 1 }, settings, NOW + 30_000), {
    condition: 'EventAgeExceeded',
  });
});

test('refusals wait 1, 2, 4 … seconds, at most five minutes', () => {
  const waits = Array.from(
    { length: 12 },
    (_, i) => (afterRefusal({ acceptedMs: NOW, refusals: i + 1 }, {}, NOW) - NOW) / 1000,
  );
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
});

test('whatever happens, an event ends: its next attempt is later than now and never after its age', () => {
  const settings = fc.record({
    maximumRetryAttempts: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
    maximumEventAgeInSeconds: fc.option(fc.integer({ min: 60, max: 21_600 }), { nil: undefined }),
  });
  const outcomes = fc.array(fc.record({ error: fc.boolean(), tookMs: fc.nat(900_000) }), { maxLength: 200 });
  fc.assert(
    fc.property(settings, outcomes, (given, happened) => {
      const expiryMs = NOW + (given.maximumEventAgeInSeconds ?? 21_600) * 1000;
      let event = { acceptedMs: NOW, attempts: 0, refusals: 0 };
      let nowMs = NOW;
      for (const { error, tookMs } of happened) {
        if (isExpired(event, given, nowMs)) return;
        nowMs += tookMs;
        event = error
          ? { ...event, attempts: event.attempts + 1, refusals: 0 }
          : { ...event, refusals: event.refusals + 1 };
        const next = error ? afterError(event, given, nowMs) : { dueMs: afterRefusal(event, given, nowMs) };
        if ('condition' in next) return;
        assert.ok(next.dueMs <= expiryMs && (next.dueMs > nowMs || nowMs >= expiryMs));
        assert.ok(event.attempts <= (given.maximumRetryAttempts ?? 2));
        nowMs = Math.max(nowMs, next.dueMs);
      }
    }),
  );
});
