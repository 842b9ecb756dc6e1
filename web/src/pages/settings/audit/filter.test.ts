import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterOf, inputOf, searchOf } from './filter.ts';

test('a filter survives the URL, and what the URL does not know filters nothing', () => {
  const filter = { caller: 'ci', operation: 'abortRun', outcome: 'refused', since: '7d' } as const;
  assert.deepEqual(filterOf(new URLSearchParams(searchOf(filter))), filter);
  const none = { caller: '', operation: '', outcome: '', since: 'all' } as const;
  assert.deepEqual(filterOf(new URLSearchParams('outcome=great&since=1y&x=1')), none);
  assert.deepEqual(searchOf(none), {});
});

test('a filter asks for whole minutes, and for nothing that was not chosen', () => {
  const now = Date.parse('2026-11-08T10:00:42Z');
  const filter = { caller: '', operation: 'abortRun', outcome: '', since: '7d' } as const;
  assert.deepEqual(inputOf(filter, now), { operation: 'abortRun', since: '2026-11-01T10:00:00.000Z' });
});
