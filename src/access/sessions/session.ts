import { sameSecret, sealOf } from '../../lib/crypto/secret.ts';

/** Lifetime of a dashboard session. It ends earlier if its token does. */
export const SESSION_MS = 12 * 3_600_000;

export const SESSION_COOKIE = 'upstack_session';

/** A session of a token as a sealed value for the cookie: `<token id>.<expiry>.<seal>`; nothing is kept on the server. */
export function sealSession(tokenId: string, nowMs: number, key: string): string {
  const claims = `${Buffer.from(tokenId).toString('base64url')}.${(nowMs + SESSION_MS).toString(36)}`;
  return `${claims}.${sealOf(claims, key)}`;
}

/** The token id in a sealed session, or undefined when the seal is wrong or the session is over. */
export function openSession(sealed: string, nowMs: number, key: string): string | undefined {
  const [tokenId, expiry, seal, ...rest] = sealed.split('.');
  if (tokenId === undefined || expiry === undefined || seal === undefined || rest.length > 0)
    return undefined;
  if (!sameSecret(seal, sealOf(`${tokenId}.${expiry}`, key))) return undefined;
  if (Number.parseInt(expiry, 36) <= nowMs) return undefined;
  return Buffer.from(tokenId, 'base64url').toString('utf8');
}
