import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoized } from './memo.ts';

test('an answer is computed once, until more answers than are kept have been given', () => {
  const asked: number[] = [];
  const twice = memoized((x: number) => {
    asked.push(x);
    return 2 * x;
  }, 2);
  assert.deepEqual([1, 1, 2, 1, 2].map(twice), [2, 2, 4, 2, 4]);
  assert.deepEqual(asked, [1, 2]);
  assert.deepEqual([3, 3, 1].map(twice), [6, 6, 2]);
  assert.deepEqual(asked, [1, 2, 3, 1]);
});

test('arguments with the same key have the same answer', () => {
  let asked = 0;
  const sum = memoized(
    (list: readonly number[]) => {
      asked++;
      return list.reduce((a, b) => a + b, 0);
    },
    9,
    (list) => list.join(),
  );
  assert.deepEqual([sum([1, 2]), sum([1, 2]), sum([2, 1])], [3, 3, 3]);
  assert.equal(asked, 2);
});
