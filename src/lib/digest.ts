import { createHash, createHmac, hash, type KeyObject, timingSafeEqual } from 'node:crypto';

/** SHA-256 of the data. */
export function sha256(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}

/** SHA-256 of the data as lower-case hexadecimal digits. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** HMAC-SHA256 of the data under the key. A key that is used often is much faster as a `KeyObject`. */
export function hmac(key: string | Uint8Array | KeyObject, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/** Compares two texts in time that depends on neither's content nor length. */
export function equalInConstantTime(left: string, right: string): boolean {
  return timingSafeEqual(sha256(left), sha256(right));
}
