import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSession, SESSION_MS, sealSession } from './session.ts';

test('a sealed session opens until it expires', () => {
  const sealed = sealSession('örg', 1_000, 'key');
  assert.equal(openSession(sealed, 1_001, 'key'), 'örg');
  assert.equal(openSession(sealed, 1_000 + SESSION_MS, 'key'), undefined);
});

test('a session under another key, with a changed expiry or in another form does not open', () => {
  const sealed = sealSession('ada', 1_000, 'key');
  assert.equal(openSession(sealed, 1_001, 'other'), undefined);
  const [name, , seal] = sealed.split('.');
  assert.equal(openSession(`${name}.zzzzzzzzz.${seal}`, 1_001, 'key'), undefined);
  for (const form of ['', 'a.b', 'a.b.c.d', `${sealed}.x`])
    assert.equal(openSession(form, 1, 'key'), undefined);
});
