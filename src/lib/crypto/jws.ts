import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** Compact JSON Web Signatures (RFC 7515) with Ed25519 (RFC 8037, `alg` EdDSA). */

/** The private key in PKCS #8 DER, base64url. Throws on anything but an Ed25519 key. */
export function signingKey(pkcs8: string): KeyObject {
  const key = createPrivateKey({ key: Buffer.from(pkcs8, 'base64url'), format: 'der', type: 'pkcs8' });
  if (key.asymmetricKeyType !== 'ed25519')
    throw new TypeError(`the key must be an Ed25519 key: it is ${key.asymmetricKeyType}`);
  return key;
}

/** The public key from its raw 32 bytes, base64url. */
export function verifyingKey(raw: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw }, format: 'jwk' });
}

/** Signs the claims; `typ` is their media type (RFC 7515 section 4.1.9). */
export function signJws(claims: object, typ: string, key: KeyObject): string {
  const input = `${encode({ alg: 'EdDSA', typ })}.${encode(claims)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
}

/** The claims of a token of type `typ` signed with `key`; undefined if the token is anything else. */
export function verifyJws(token: string, typ: string, key: KeyObject): Record<string, unknown> | undefined {
  const [header, payload, signature, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0)
    return undefined;
  const signed = verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
  if (!signed) return undefined;
  const { alg, typ: given } = decode(header) ?? {};
  return alg === 'EdDSA' && given === typ ? decode(payload) : undefined;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
