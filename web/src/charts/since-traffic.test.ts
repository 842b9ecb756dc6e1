import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sinceTraffic } from './since-traffic.ts';

const seriesOf = (...invocations: number[]) => ({
  at: invocations.map((_, index) => 600 + 60 * index),
  invocations,
  errors: invocations.map(() => 0),
  p95Ms: invocations.map((value) => (value === 0 ? null : 12)),
});

test('the axis starts one step before the first traffic', () => {
  assert.deepEqual(sinceTraffic(seriesOf(0, 0, 0, 5, 0, 7)), {
    at: [720, 780, 840, 900],
    invocations: [0, 5, 0, 7],
    errors: [0, 0, 0, 0],
    p95Ms: [null, 12, null, 12],
  });
});

test('a full series and one without traffic are not cut', () => {
  for (const series of [seriesOf(4, 0, 5), seriesOf(0, 4, 5), seriesOf(0, 0, 0), seriesOf()])
    assert.deepEqual(sinceTraffic(series), series);
});
