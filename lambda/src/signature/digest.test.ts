import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { equalInConstantTime, hmac, macUnder } from './digest.ts';

test('a code under a key that is used often is the HMAC of node:crypto', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.array(fc.string({ unit: 'grapheme' })), (key, texts) => {
      const mac = macUnder(key);
      for (const text of texts) assert.equal(mac(text), hmac(key, text).toString('hex'));
    }),
  );
});

test('texts are equal only to themselves', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (left, right) => {
      assert.equal(equalInConstantTime(left, right), left === right);
      assert.ok(equalInConstantTime(left, left));
    }),
  );
});
