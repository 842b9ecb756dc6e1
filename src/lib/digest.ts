import { createHash, createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto';

/** A key that is used often: as bytes it would be prepared anew for each message. */
export type MacKey = KeyObject;

/** SHA-256 of the data. */
export function sha256(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}

/** SHA-256 of the data as lower-case hexadecimal digits. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

export function macKey(bytes: Uint8Array): MacKey {
  return createSecretKey(bytes);
}

/** HMAC-SHA256 of the data under the key. */
export function hmac(key: string | Uint8Array | MacKey, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/** Compares two texts in time that depends on neither's content nor length. */
export function equalInConstantTime(left: string, right: string): boolean {
  return timingSafeEqual(sha256(left), sha256(right));
}
