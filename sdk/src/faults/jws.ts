/** Compact JWS (RFC 7515) signed with Ed25519 (RFC 8037), as leases come. */

const TYPE = 'upstack-lease+jwt';
const MAX_TOKEN_LENGTH = 16_384;

/** What is wrong with a token before its claims are looked at. */
export type TokenFlaw = 'malformed' | 'algorithm' | 'signature' | 'key';

/**
 * The decoded payload of a token whose signature holds under `key` (base64url of the 32 raw bytes of an Ed25519 public
 * key). The header must say EdDSA and our type, and ask for no extension: what it says never chooses the algorithm.
 */
export function verifyToken(token: string, key: string): { payload: unknown } | { flaw: TokenFlaw } {
  const [header = '', payload = '', signature = '', ...more] =
    token.length > MAX_TOKEN_LENGTH ? [] : token.split('.');
  if (signature === '' || more.length > 0) return { flaw: 'malformed' };
  const said = decode(header) as { alg?: unknown; typ?: unknown; crit?: unknown } | undefined;
  if (said?.alg !== 'EdDSA' || said.typ !== TYPE || said.crit !== undefined) return { flaw: 'algorithm' };
  const { createPublicKey, verify } = process.getBuiltinModule('node:crypto');
  let publicKey: import('node:crypto').KeyObject;
  try {
    publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key }, format: 'jwk' });
  } catch {
    return { flaw: 'key' };
  }
  const signed = Buffer.from(`${header}.${payload}`, 'latin1');
  if (!verify(null, signed, publicKey, Buffer.from(signature, 'base64url'))) return { flaw: 'signature' };
  const claims = decode(payload);
  return claims === undefined ? { flaw: 'malformed' } : { payload: claims };
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
