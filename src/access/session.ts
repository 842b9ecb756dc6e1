import { sameSecret, sealOf } from '../lib/secret.ts';

/** How long a dashboard session lasts. */
export const SESSION_MS = 12 * 3_600_000;

export const SESSION_COOKIE = 'upstack_session';

/** A session as a sealed value for the cookie: `<name>.<expiry>.<seal>`; nothing is kept on the server. */
export function sealSession(name: string, nowMs: number, key: string): string {
  const claims = `${Buffer.from(name).toString('base64url')}.${(nowMs + SESSION_MS).toString(36)}`;
  return `${claims}.${sealOf(claims, key)}`;
}

/** The name in a sealed session, or undefined when the seal is wrong or the session is over. */
export function openSession(sealed: string, nowMs: number, key: string): string | undefined {
  const [name, expiry, seal, ...rest] = sealed.split('.');
  if (name === undefined || expiry === undefined || seal === undefined || rest.length > 0) return undefined;
  if (!sameSecret(seal, sealOf(`${name}.${expiry}`, key))) return undefined;
  if (Number.parseInt(expiry, 36) <= nowMs) return undefined;
  return Buffer.from(name, 'base64url').toString('utf8');
}
