/**
 * Frames of an append-only file: `length u32 | count u32 | crc32 u32 | payload`, little endian. The checksum covers
 * length, count and payload, so that torn writes and zeros after the last complete frame are detected.
 */
import { crc32 } from 'node:zlib';

const HEADER_BYTES = 12;
/** Maximum payload. A greater length in a file means that the file is damaged. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;

export interface Frame {
  payload: Buffer;
  /** How many records the payload holds, at least 1. */
  count: number;
}

/** Throws a RangeError if the payload is empty or too long, or the count does not fit a u32. */
export function encodeFrame({ payload, count }: Frame): Buffer {
  if (payload.length === 0 || payload.length > MAX_FRAME_BYTES) {
    throw new RangeError(`a frame must have 1 to ${MAX_FRAME_BYTES} bytes: this one has ${payload.length}`);
  }
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  frame.writeUInt32LE(payload.length, 0);
  frame.writeUInt32LE(count, 4);
  payload.copy(frame, HEADER_BYTES);
  frame.writeUInt32LE(checksum(frame), 8);
  return frame;
}

/** The complete frames at the start of `bytes`, and the offset where the last one ends. The rest is a torn write. */
export function decodeFrames(bytes: Buffer): { frames: Frame[]; end: number } {
  const frames: Frame[] = [];
  let end = 0;
  while (end + HEADER_BYTES <= bytes.length) {
    const length = bytes.readUInt32LE(end);
    const next = end + HEADER_BYTES + length;
    if (length === 0 || length > MAX_FRAME_BYTES || next > bytes.length) break;
    const frame = bytes.subarray(end, next);
    if (frame.readUInt32LE(8) !== checksum(frame)) break;
    frames.push({ payload: frame.subarray(HEADER_BYTES), count: frame.readUInt32LE(4) });
    end = next;
  }
  return { frames, end };
}

function checksum(frame: Buffer): number {
  return crc32(frame.subarray(HEADER_BYTES), crc32(frame.subarray(0, 8)));
}
