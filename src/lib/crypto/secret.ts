import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A new secret of `bytes` random bytes, base64url. */
export function newSecret(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/** Compares two secrets in time independent of the content and length of either. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** HMAC-SHA256 of `text`, base64url. */
export function sealOf(text: string, key: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}
