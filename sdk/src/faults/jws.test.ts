import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { newKey, signToken } from '../../testing/lease-server.ts';
import { verifyToken } from './jws.ts';

const { privateKey, publicKey } = newKey();
const HEADER = { alg: 'EdDSA', typ: 'upstack-lease+jwt' };

describe('a signed token', () => {
  it('gives its payload under the key that signed it', () => {
    assert.deepEqual(verifyToken(signToken({ a: 'é' }, privateKey), publicKey), { payload: { a: 'é' } });
  });

  it('gives nothing when any character of it changes', () => {
    const token = signToken({ share: 0 }, privateKey);
    for (let i = 0; i < token.length; i++) {
      // The last character of a part may carry bits that base64url does not use.
      if (token[i] === '.' || token[i + 1] === '.' || i === token.length - 1) continue;
      const changed = `${token.slice(0, i)}${token[i] === 'A' ? 'B' : 'A'}${token.slice(i + 1)}`;
      assert.ok('flaw' in verifyToken(changed, publicKey), `character ${i}`);
    }
  });

  it('is refused for its algorithm, type or an extension before anything else', () => {
    for (const header of [
      { ...HEADER, alg: 'none' },
      { ...HEADER, alg: 'HS256' },
      { ...HEADER, typ: 'JWT' },
      { alg: 'EdDSA' },
      { ...HEADER, crit: ['b64'] },
    ]) {
      assert.deepEqual(verifyToken(signToken({}, privateKey, header), publicKey), { flaw: 'algorithm' });
    }
  });

  it('is refused when the public key was used as a secret', () => {
    const [header, payload] = signToken({}, privateKey).split('.');
    const mac = createHmac('sha256', Buffer.from(publicKey, 'base64url'))
      .update(`${header}.${payload}`)
      .digest('base64url');
    assert.deepEqual(verifyToken(`${header}.${payload}.${mac}`, publicKey), { flaw: 'signature' });
  });

  it('is refused under another key, and when there is no proper key', () => {
    const token = signToken({}, privateKey);
    assert.deepEqual(verifyToken(token, newKey().publicKey), { flaw: 'signature' });
    assert.deepEqual(verifyToken(token, 'short'), { flaw: 'key' });
  });

  it('is refused when it is no token at all', () => {
    for (const token of ['', '.', '..', 'a.b', 'a.b.c.d', '!.!.!', 'x'.repeat(20_000)]) {
      assert.ok('flaw' in verifyToken(token, publicKey), token.slice(0, 20));
    }
  });
});
