import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { KEY_NAMES } from './keys.ts';
import { keyFile, openKeys } from './store.ts';

test('keys are made once, for their owner only, and starters at the same moment agree', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-keys-'));
  t.after(() => rm(directory, { recursive: true }));
  const [first, second] = await Promise.all([openKeys(directory), openKeys(directory)]);
  assert.deepEqual(first, second);
  assert.deepEqual(await openKeys(directory), first);
  for (const name of KEY_NAMES) assert.ok(first[name].length >= 16, name);
  assert.equal((await stat(keyFile(directory))).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(directory), ['keys.json']);
});

test('a broken key file is refused with its path, not replaced', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-keys-'));
  t.after(() => rm(directory, { recursive: true }));
  for (const text of ['', '{}', '{"token":"x"}', 'no json']) {
    await writeFile(keyFile(directory), text);
    await assert.rejects(openKeys(directory), /keys\.json is not a key file/);
  }
});
