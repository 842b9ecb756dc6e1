import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { murmur3 } from './murmur3.ts';

it('gives the published values of MurmurHash3 x86 32-bit', () => {
  const vectors: [text: string, seed: number, hash: number][] = [
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['hello', 0, 0x248bfa47],
    ['hello, world', 0, 0x149bbb7f],
    ['test', 0x9747b28c, 0x704b81dc],
    ['Hello, world!', 0x9747b28c, 0x24884cba],
    ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
    ['aaaa', 0x9747b28c, 0x5a97808a],
    ['aaa', 0x9747b28c, 0x283e0130],
    ['aa', 0x9747b28c, 0x5d211726],
    ['a', 0x9747b28c, 0x7fa09ea6],
    ['ππππππππ', 0x9747b28c, 0xd58063c1],
  ];
  for (const [text, seed, hash] of vectors)
    assert.equal(murmur3(text, seed).toString(16), hash.toString(16), text);
});

it('is an unsigned 32-bit integer for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const hash = murmur3(text);
      assert.ok(Number.isInteger(hash) && hash >= 0 && hash <= 0xffffffff);
    }),
  );
});
