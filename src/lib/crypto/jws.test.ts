import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { signingKey, signJws, verifyingKey, verifyJws } from './jws.ts';

// RFC 8037, appendix A.4: the example's key and signature.
const D = 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A';
const X = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
const PKCS8 = Buffer.concat([
  Buffer.from('302e020100300506032b657004220420', 'hex'),
  Buffer.from(D, 'base64url'),
]).toString('base64url');

test('a token verifies only with its key and type', () => {
  const token = signJws({ run: 'run_1', share: 0.5 }, 'a+jwt', signingKey(PKCS8));
  assert.deepEqual(JSON.parse(Buffer.from(token.split('.')[0] as string, 'base64url').toString()), {
    alg: 'EdDSA',
    typ: 'a+jwt',
  });
  const key = verifyingKey(X);
  assert.deepEqual(verifyJws(token, 'a+jwt', key), { run: 'run_1', share: 0.5 });
  assert.equal(verifyJws(token, 'b+jwt', key), undefined);
  const [header, payload, signature] = token.split('.') as [string, string, string];
  const forged = Buffer.from('{"run":"run_2","share":1}').toString('base64url');
  assert.equal(verifyJws(`${header}.${forged}.${signature}`, 'a+jwt', key), undefined);
  assert.equal(verifyJws(`${header}.${payload}`, 'a+jwt', key), undefined);
  assert.equal(verifyJws(`${token}.x`, 'a+jwt', key), undefined);
  assert.equal(verifyJws('', 'a+jwt', key), undefined);
  const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x as string;
  assert.equal(verifyJws(token, 'a+jwt', verifyingKey(other)), undefined);
});

test('the keys of RFC 8037 appendix A.4 are read', () => {
  const input = 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc';
  const signature = 'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg';
  assert.equal(sign(null, Buffer.from(input), signingKey(PKCS8)).toString('base64url'), signature);
  // Signed by the key, yet no lease: it has no type and its payload is no object.
  assert.equal(verifyJws(`${input}.${signature}`, 'a+jwt', verifyingKey(X)), undefined);
});

test('any other kind of key is rejected', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'der',
    type: 'pkcs8',
  });
  assert.throws(() => signingKey(ec.toString('base64url')), /must be an Ed25519 key/);
});
