import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new identifier: `prefix_`, 10 characters of time and 12 random ones (Crockford base 32, lower case). Identifiers
 * sort by creation time, to the millisecond. 60 random bits make a collision within one millisecond practically
 * impossible.
 */
export function newId(prefix: string, nowMs: number = Date.now()): string {
  let time = '';
  for (let rest = nowMs, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32] + time;
  let random = '';
  for (const byte of randomBytes(12)) random += ALPHABET[byte & 31];
  return `${prefix}_${time}${random}`;
}
