import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimateOf } from './estimate.ts';

const lookOf = (control: number, treatment: number, point: number | null) => ({
  point,
  control: { units: 100, events: control },
  treatment: { units: 100, events: treatment },
});

test('an estimate needs twenty events over both arms', () => {
  assert.equal(estimateOf(lookOf(10, 9, 0.9)), null);
  assert.equal(estimateOf(lookOf(10, 10, 0.9)), 0.9);
  assert.equal(estimateOf(lookOf(1, 19, 0.9)), 0.9);
  assert.equal(estimateOf(lookOf(0, 40, null)), null);
});
