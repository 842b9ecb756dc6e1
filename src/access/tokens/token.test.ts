import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expiryAfter, isReserved, isSecret, known, NAME, stateOf } from './token.ts';

test('names are short, ASCII and not the owner', () => {
  for (const name of ['ci', 'Ada Lovelace', 'ada@example.org', 'a', 'x'.repeat(64)])
    assert.ok(NAME.test(name), name);
  for (const name of ['', ' ci', 'ci ', 'оwner', 'a\nb', '<b>', 'x'.repeat(65), '-'])
    assert.ok(!NAME.test(name), JSON.stringify(name));
  assert.ok(isReserved('Owner'));
});

test('an expiry is a duration of a minute to ten years, or never', () => {
  assert.equal(expiryAfter('never', 0), null);
  assert.equal(expiryAfter('90d', 1_000)?.getTime(), 1_000 + 90 * 86_400_000);
  for (const text of ['', '0d', '59s', '3651d', 'soon', '-1d', '90'])
    assert.throws(() => expiryAfter(text, 0), { code: 'access.bad-expiry' }, text);
});

test('a token is valid until it expires or is revoked', () => {
  const at = (ms: number) => new Date(ms);
  assert.equal(stateOf({ expiresAt: null, revokedAt: null }, 5), 'valid');
  assert.equal(stateOf({ expiresAt: at(6), revokedAt: null }, 5), 'valid');
  assert.equal(stateOf({ expiresAt: at(5), revokedAt: null }, 5), 'expired');
  assert.equal(stateOf({ expiresAt: at(5), revokedAt: at(1) }, 5), 'revoked');
});

test('secrets have one form, and unknown permissions are dropped', () => {
  assert.ok(isSecret(`ups_${'a'.repeat(43)}`));
  for (const text of ['', 'ups_', `ups_${'a'.repeat(42)}`, `ups_${'a'.repeat(43)}\n`, 'b'.repeat(47)])
    assert.ok(!isSecret(text), text);
  assert.deepEqual(known(['fly', 'operate', 'read']), ['read', 'operate']);
});
