import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogTail } from './log-tail.ts';

test('a short log is whole', () => {
  const tail = new LogTail();
  for (const line of ['one', '', 'three']) tail.push(line);
  assert.equal(tail.text({ before: ['START'], after: ['END'] }), 'START\none\n\nthree\nEND\n');
});

test('of a long log the last 4 KB are left, whatever its length', () => {
  const tail = new LogTail();
  for (let i = 0; i < 100_000; i++) tail.push(`line ${i}`);
  const text = tail.text({ before: ['START'], after: ['END'] });
  assert.equal(Buffer.byteLength(text), 4_096);
  assert.ok(text.endsWith('line 99998\nline 99999\nEND\n') && !text.includes('START'));
});

test('a line longer than that leaves its end', () => {
  const tail = new LogTail();
  tail.push('a'.repeat(10_000));
  tail.push('b'.repeat(5_000));
  assert.equal(tail.text({ before: [], after: [] }), `${'b'.repeat(4_095)}\n`);
});
