import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_ENVIRONMENT, isEnvironment } from './environment.ts';

test('a name has 1 to 40 lower case letters, digits and hyphens', () => {
  for (const name of [DEFAULT_ENVIRONMENT, 'a', '7', 'pr-1234', 'x'.repeat(40)])
    assert.ok(isEnvironment(name), name);
  for (const name of ['', 'Staging', 'x'.repeat(41), 'a b', 'a_b', 'é', "a'", 'a\n', '\u0000']) {
    assert.ok(!isEnvironment(name), JSON.stringify(name));
  }
});
