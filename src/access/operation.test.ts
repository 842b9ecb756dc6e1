import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { Problem } from '../lib/problem.ts';
import type { Caller, Permission } from './caller.ts';
import { defineOperations, mergeOperations, operation, type ReadingName } from './operation.ts';
import { localCall, perform } from './perform.ts';

const ADA: Caller = {
  name: 'ada',
  tokenId: 'tok_1',
  permissions: ['read', 'operate'],
  kind: 'token',
  door: 'rest',
};
const READER: Caller = { ...ADA, name: 'reader', permissions: ['read'] };

const showTea = operation({
  summary: 'One tea',
  permission: 'read',
  effect: 'reads',
  input: z.object({ tea: z.string().min(2), minutes: z.number().int().default(3) }),
  output: z.object({ tea: z.string(), minutes: z.number() }),
  run: async ({ tea, minutes }) => ({ tea, minutes, secret: 'kept' }),
});
const brewTea = operation({
  summary: 'Brew one',
  permission: 'operate',
  effect: 'changes',
  input: z.object({ tea: z.string() }),
  output: z.object({ by: z.string() }),
  run: async (_input, caller) => ({ by: caller.name }),
});
const table = defineOperations(
  { showTea: 'GET /api/teas/:tea', brewTea: 'POST /api/teas/:tea/brew' },
  { showTea, brewTea },
);

test('a call by name has the types of its operation, defaults filled in and unknown fields dropped', async () => {
  const call = localCall(table, ADA);
  const { tea, minutes } = await call('showTea', { tea: 'green' });
  assert.deepEqual([tea satisfies string, minutes satisfies number], ['green', 3]);
  assert.deepEqual(await call('showTea', { tea: 'green', minutes: 2 }), { tea: 'green', minutes: 2 });
  assert.deepEqual(await call('brewTea', { tea: 'green' }), { by: 'ada' });
});

test('what does not fit the types does not compile, and is rejected by name', async () => {
  const call = localCall(table, ADA);
  const message = (text: RegExp) => (error: unknown) => error instanceof Problem && text.test(error.message);
  // @ts-expect-error: the input has no such type
  await assert.rejects(call('showTea', { tea: 7 }), message(/^tea must be a string$/));
  // @ts-expect-error: the input is required
  await assert.rejects(call('showTea'), message(/^tea is missing: give a string$/));
  await assert.rejects(
    call('showTea', { tea: 'a\0b' }),
    message(/^tea must not contain the character U\+0000$/),
  );
  await assert.rejects(
    call('showTea', { tea: 'a\ud800' }),
    message(/^tea must not contain half a surrogate pair$/),
  );
  await assert.rejects(call('showTea', { tea: 'x' }), message(/^tea must have at least 2 characters$/));
  const reading: ReadingName<typeof table> = 'showTea';
  // @ts-expect-error: it changes something
  const changing: ReadingName<typeof table> = 'brewTea';
  assert.notEqual(reading, changing);
});

test('an operation is refused by its name to whom it is not permitted, before its input is read', async () => {
  await assert.rejects(perform(table.brewTea, {}, READER), (error) => {
    assert.ok(error instanceof Problem);
    assert.deepEqual(
      [error.code, error.message],
      ['access.forbidden', 'reader may not brewTea: it needs the permission "operate"'],
    );
    return true;
  });
});

test('an operation without a permission is for everybody who is known', async () => {
  const open = defineOperations(
    { showTea: 'GET /api/teas/:tea' },
    { showTea: { ...showTea, permission: null } },
  );
  const { tea } = await localCall(open, { ...ADA, permissions: [] })('showTea', { tea: 'green' });
  assert.equal(tea, 'green');
});

test('a route that does not fit its operation is refused when the table is made', () => {
  const define = (route: `GET /api/${string}` | `POST /api/${string}`, permission: Permission | null) => () =>
    defineOperations({ brewTea: route }, { brewTea: { ...brewTea, permission } });
  assert.throws(define('GET /api/teas/:tea', 'operate'), /a GET must not change anything/);
  for (const permission of ['read', null] as const)
    assert.throws(define('POST /api/teas/:tea', permission), /needs more than the permission to read/);
  assert.throws(define('POST /api/teas/:pot', 'operate'), /its input has no pot/);
  assert.throws(
    // @ts-expect-error: there is no such operation
    () => defineOperations({ brewTea: 'POST /api/teas/:tea', drinkTea: 'POST /api/teas' }, { brewTea }),
    /no operation for the routes of drinkTea/,
  );
  assert.doesNotThrow(define('POST /api/teas/:tea', 'operate'));
});

test('two tables cannot hold the same name', () => {
  assert.deepEqual(Object.keys(mergeOperations(table)), ['showTea', 'brewTea']);
  assert.throws(() => mergeOperations(table, table), /two operations are named showTea/);
});
