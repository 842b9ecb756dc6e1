import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LambdaError } from '../errors.ts';
import { filterOfAll, filtersFrom } from './filter.ts';

const fits = (body: unknown, message: unknown) =>
  filterOfAll([JSON.stringify({ body })])(typeof message === 'string' ? message : JSON.stringify(message));

/** Each operator as the documentation of Lambda has it: a pattern, bodies that fit it, bodies that do not. */
const CASES: [pattern: object, fitting: unknown[], other: unknown[]][] = [
  [{ id: [null] }, [{ id: null }], [{ id: '' }, { id: 0 }, {}]],
  [{ name: [''] }, [{ name: '' }], [{ name: ' ' }, {}]],
  [{ name: ['Alice'] }, [{ name: 'Alice' }, { name: ['Bob', 'Alice'] }], [{ name: 'alice' }, { name: [] }]],
  [{ name: [{ 'equals-ignore-case': 'alice' }] }, [{ name: 'ALICE' }], [{ name: 'Bob' }, { name: 1 }]],
  [{ a: ['x'], b: ['y'] }, [{ a: 'x', b: 'y', c: 1 }], [{ a: 'x' }, { a: 'x', b: 'z' }]],
  [{ a: ['x', 'y'] }, [{ a: 'x' }, { a: 'y' }], [{ a: 'z' }]],
  [{ $or: [{ a: ['x'] }, { b: ['y'] }] }, [{ a: 'x' }, { b: 'y', a: 'z' }], [{ a: 'y', b: 'x' }]],
  [{ a: [{ 'anything-but': ['x'] }] }, [{ a: 'y' }], [{ a: 'x' }, {}]],
  [{ a: [{ numeric: ['=', 100] }] }, [{ a: 100 }, { a: 1e2 }], [{ a: '100' }, { a: 101 }]],
  [{ a: [{ numeric: ['>', 10, '<=', 20] }] }, [{ a: 10.5 }, { a: 20 }], [{ a: 10 }, { a: 21 }, {}]],
  [{ a: [{ exists: true }] }, [{ a: null }, { a: 0 }], [{}, { b: 1 }]],
  [{ a: [{ exists: false }] }, [{}, { b: 1 }], [{ a: null }]],
  [{ a: [{ prefix: 'us-' }] }, [{ a: 'us-east-1' }], [{ a: 'eu-west-1' }, { a: 5 }]],
  [{ a: [{ suffix: '.png' }] }, [{ a: 'x.png' }], [{ a: 'x.jpg' }]],
  [{ a: { b: { c: [1] } } }, [{ a: { b: { c: 1 } } }, { a: [{ b: { c: 1 } }] }], [{ a: { c: 1 } }, { a: 1 }]],
  [{ constructor: [{ exists: true }] }, [{ constructor: 1 }], [{}]],
];

test('each operator fits what it should and nothing else', () => {
  for (const [pattern, fitting, other] of CASES) {
    for (const body of fitting) assert.ok(fits(pattern, body), JSON.stringify([pattern, body]));
    for (const body of other) assert.ok(!fits(pattern, body), JSON.stringify([pattern, body]));
  }
});

test('a list is for plain text and an object for JSON; the other kind does not fit', () => {
  assert.ok(fits(['hello', { prefix: 'good' }], 'good morning'));
  assert.ok(!fits(['hello'], 'bye'));
  assert.ok(!fits([{ prefix: '{' }], { a: 1 }));
  assert.ok(!fits({ a: [{ exists: false }] }, 'plain text'));
  assert.ok(!fits({ a: [{ exists: false }] }, '{"broken'));
});

test('one of several patterns is enough, and without patterns everything fits', () => {
  const filter = filterOfAll(['{"body":["a"]}', '{"body":["b"]}']);
  assert.deepEqual([filter('a'), filter('b'), filter('c')], [true, true, false]);
  assert.ok(filterOfAll([])('anything'));
});

test('what is no pattern is refused when it is given', () => {
  const criteria = (...patterns: unknown[]) => ({ Filters: patterns.map((Pattern) => ({ Pattern })) });
  assert.deepEqual(filtersFrom(criteria('{"body":["a"]}')), ['{"body":["a"]}']);
  assert.deepEqual(filtersFrom({}), []);
  for (const body of [
    'text',
    [],
    {},
    { a: 'x' },
    { a: [] },
    { a: [['x']] },
    { a: [{ wildcard: '*' }] },
    { a: [{ constructor: 1 }] },
    { a: [{ prefix: 'x', suffix: 'y' }] },
    { a: [{ prefix: 1 }] },
    { a: [{ exists: 'yes' }] },
    { a: [{ numeric: ['>'] }] },
    { a: [{ numeric: ['!', 1] }] },
    { a: [{ 'anything-but': [] }] },
    { $or: {} },
  ]) {
    const refused = () => filtersFrom(criteria(JSON.stringify({ body })));
    assert.throws(refused, LambdaError, JSON.stringify(body));
  }
  for (const bad of [criteria('{'), criteria('[]'), criteria('{"messageId":["x"]}'), criteria(1)]) {
    assert.throws(() => filtersFrom(bad), LambdaError, JSON.stringify(bad));
  }
  assert.throws(() => filtersFrom(criteria(...Array(11).fill('{"body":["a"]}'))), /at most 10/);
});
