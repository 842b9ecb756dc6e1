import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenOf } from './session.ts';

test('the start-up link carries its token in the hash', () => {
  assert.equal(tokenOf('#token=abc%2Bd'), 'abc+d');
  assert.equal(tokenOf('#token='), undefined);
  assert.equal(tokenOf('#other=1'), undefined);
  assert.equal(tokenOf(''), undefined);
});
