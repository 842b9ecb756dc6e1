import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResponseParts } from './response-parts.ts';

const LARGE = Buffer.alloc(200_000, 'x');

test('parts are read in their order, while they come', async () => {
  const parts = new ResponseParts();
  const read: string[] = [];
  const reading = (async () => {
    for await (const part of parts) read.push(String(part));
  })();
  parts.push(Buffer.from('a'));
  await new Promise(setImmediate);
  assert.deepEqual(read, ['a']);
  parts.push(Buffer.from('b'));
  parts.push(Buffer.from('c'));
  parts.end();
  await reading;
  assert.deepEqual(read, ['a', 'b', 'c']);
});

test('who writes faster than is read is held back until there is room', async () => {
  const parts = new ResponseParts();
  assert.equal(parts.push(LARGE), undefined);
  const held = parts.push(LARGE);
  assert.ok(held);
  let free = false;
  void held.then(() => {
    free = true;
  });
  const reader = parts[Symbol.asyncIterator]();
  await reader.next();
  await new Promise(setImmediate);
  assert.equal(free, false, 'still more than half of the room is taken');
  await reader.next();
  await held;
});

test('when the reader leaves nobody is held back and nothing is kept', async () => {
  const parts = new ResponseParts();
  parts.push(LARGE);
  const held = parts.push(LARGE);
  for await (const _ of parts) break;
  await held;
  assert.equal(parts.push(LARGE), undefined);
  assert.equal(parts.push(LARGE), undefined);
});

test('a response that ends without a part is empty', async () => {
  const parts = new ResponseParts();
  parts.end();
  for await (const part of parts) assert.fail(String(part));
});
