import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of the data as lower-case hexadecimal digits. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** HMAC-SHA256 of the data under the key. */
export function hmac(key: string | Uint8Array, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

const BLOCK_BYTES = 64;

/**
 * HMAC-SHA256, in lower-case hexadecimal digits, under a key that is used often: its two padded blocks are made once,
 * and two one-shot hashes cost a third of node:crypto's Hmac object. `key` has at most 64 bytes. Source: RFC 2104.
 */
export function macUnder(key: Uint8Array): (data: string) => string {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.set(key);
  const inner = block.map((byte) => byte ^ 0x36);
  const outer = Buffer.concat([block.map((byte) => byte ^ 0x5c), Buffer.alloc(32)]);
  return (data) => {
    // As text: to make a buffer of it would take longer than the hash.
    const digest = hash('sha256', Buffer.concat([inner, Buffer.from(data)]), 'binary');
    outer.write(digest, BLOCK_BYTES, 'binary');
    return hash('sha256', outer, 'hex');
  };
}

/** Compares two texts in time that does not tell where they differ; that their lengths differ may be told. */
export function equalInConstantTime(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
