import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeFrames, encodeFrame, type Frame } from './frame.ts';

const payload = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const count = fc.integer({ min: 1, max: 2 ** 32 - 1 });
const frame = fc.record({ payload, count }, { noNullPrototype: true });
const frames = fc.array(frame, { maxLength: 12 });
const written = (list: readonly Frame[]) => Buffer.concat(list.map(encodeFrame));

test('complete frames are read back', () => {
  fc.assert(
    fc.property(frames, (list) => {
      const bytes = written(list);
      assert.deepEqual(decodeFrames(bytes), { frames: list, end: bytes.length });
    }),
  );
});

test('a file cut anywhere yields exactly the frames before the cut', () => {
  fc.assert(
    fc.property(frames, fc.nat(), (list, at) => {
      const bytes = written(list);
      const cut = bytes.length === 0 ? 0 : at % (bytes.length + 1);
      const ends = list.map((_, i) => written(list.slice(0, i + 1)).length);
      const whole = list.filter((_, i) => (ends[i] as number) <= cut);
      const end = ends[whole.length - 1] ?? 0;
      assert.deepEqual(decodeFrames(bytes.subarray(0, cut)), { frames: whole, end });
    }),
  );
});

test('reading stops at a frame with a flipped bit, and at zeros or noise', () => {
  fc.assert(
    fc.property(frames, fc.nat(), fc.nat({ max: 7 }), fc.nat({ max: 64 }), (list, at, bit, zeros) => {
      const bytes = written(list);
      const padded = Buffer.concat([bytes, Buffer.alloc(zeros)]);
      assert.equal(decodeFrames(padded).end, bytes.length);
      if (bytes.length === 0) return;
      const flipped = Buffer.from(bytes);
      const position = at % bytes.length;
      flipped[position] = (flipped[position] as number) ^ (1 << bit);
      const { end } = decodeFrames(flipped);
      assert.ok(end <= position, `a frame with a flipped bit at ${position} was taken, up to ${end}`);
    }),
  );
});

test('an empty payload is rejected', () => {
  assert.throws(() => encodeFrame({ payload: Buffer.alloc(0), count: 1 }), RangeError);
});
