import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_LOG_LINE_BYTES } from '../limits.ts';
import { LineSplitter } from './lines.ts';

function split(pieces: Uint8Array[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const piece of pieces) splitter.push(Buffer.from(piece));
  splitter.flush();
  return lines;
}

test('text split anywhere gives the same lines', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-zü€]{1,20}$/)), fc.array(fc.nat(500)), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
      const pieces = [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length));
      assert.deepEqual(split(pieces), lines);
    }),
    { numRuns: 200, seed: 3 },
  );
});

test('carriage returns go, empty lines stay, and the last line needs no newline', () => {
  assert.deepEqual(split([Buffer.from('a\r\n\nb')]), ['a', '', 'b']);
});

test('a record of several lines stays one', () => {
  assert.deepEqual(split([Buffer.from('first\rsecond\r\nnext\n')]), ['first\nsecond', 'next']);
});

test('a line above the limit is cut with a note and does not spoil the next', () => {
  const long = Buffer.alloc(MAX_LOG_LINE_BYTES + 10, 'x');
  const [first, second] = split([long.subarray(0, 40_000), long.subarray(40_000), Buffer.from('\nnext\n')]);
  assert.equal(first?.indexOf(' [cut by Upstack'), MAX_LOG_LINE_BYTES);
  assert.equal(second, 'next');
});
