import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routedVersion } from './routing.ts';

test('an alias without weights always takes its version', () => {
  for (const draw of [0, 0.5, 0.999]) assert.equal(routedVersion({ version: '3', weights: {} }, draw), '3');
});

test('the weight is the share of draws that another version gets', () => {
  const alias = { version: '1', weights: { '2': 0.25 } };
  const draws = Array.from({ length: 1_000 }, (_, i) => i / 1_000);
  assert.equal(draws.filter((draw) => routedVersion(alias, draw) === '2').length, 250);
});

test('weights of 0 and 1 leave nothing to chance', () => {
  assert.equal(routedVersion({ version: '1', weights: { '2': 0 } }, 0), '1');
  assert.equal(routedVersion({ version: '1', weights: { '2': 1 } }, 0.999_999), '2');
});
