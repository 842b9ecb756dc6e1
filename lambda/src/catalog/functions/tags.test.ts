import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LambdaError } from '../../errors.ts';
import { tagsFrom } from './tags.ts';

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, '']));

test('tags up to every limit are accepted', () => {
  assert.deepEqual(tagsFrom(undefined), {});
  assert.deepEqual(tagsFrom({ 'cost centre': 'Größe_1.:/=+-@' }), { 'cost centre': 'Größe_1.:/=+-@' });
  assert.equal(Object.keys(tagsFrom(many(50))).length, 50);
  tagsFrom({ ['k'.repeat(128)]: 'v'.repeat(256), Aws: 'x', 'my:aws:': 'x' });
});

test('tags above a limit are refused with the reason', () => {
  const bad: [unknown, RegExp][] = [
    [many(51), /at most 50 tags/],
    [{ '': 'x' }, /must have 1 to 128/],
    [{ ['k'.repeat(129)]: '' }, /must have 1 to 128/],
    [{ a: 'v'.repeat(257) }, /at most 256/],
    [{ a: 7 }, /value of the tag 'a'/],
    [{ a: '<b>' }, /value of the tag 'a'/],
    [{ 'aws:x': '' }, /reserved for AWS/],
    [{ 'AWS:x': '' }, /reserved for AWS/],
    [['a'], /must map keys to values/],
    ['a', /must map keys to values/],
  ];
  for (const [tags, reason] of bad) {
    assert.throws(
      () => tagsFrom(tags),
      (error) => error instanceof LambdaError && error.status === 400 && reason.test(error.message),
      JSON.stringify(tags),
    );
  }
});
