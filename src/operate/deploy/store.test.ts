import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sha256 } from '../../lib/crypto/digest.ts';
import { keepEvidence } from './store.ts';

async function temporary(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-evidence-'));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
}

const files = (text: string) => ({ 'metafile.json': Buffer.from(text), 'index.mjs.map': Buffer.from('{}') });

test('evidence is kept once per function and package, and is complete', async (t) => {
  const directory = await temporary(t);
  const digest = sha256('zip');
  const keeping = [1, 2, 3].map(() => keepEvidence(directory, 'cart', digest, files('first')));
  const path = join(directory, 'cart', digest.toString('hex'));
  assert.deepEqual(await Promise.all(keeping), [path, path, path]);
  assert.equal(await keepEvidence(directory, 'cart', digest, files('second')), path);
  assert.deepEqual((await readdir(path)).sort(), ['index.mjs.map', 'metafile.json']);
  assert.equal(await readFile(join(path, 'metafile.json'), 'utf8'), 'first');
  assert.deepEqual(await readdir(join(directory, 'cart')), [digest.toString('hex')]);
});

test('the newest hundred packages of each function have evidence', async (t) => {
  const directory = await temporary(t);
  await keepEvidence(directory, 'other', sha256('zip'), files(''));
  for (let n = 0; n < 103; n++) {
    const path = await keepEvidence(directory, 'cart', sha256(String(n)), files(''));
    await utimes(path, n, n);
  }
  const left = await readdir(join(directory, 'cart'));
  assert.deepEqual(
    left.sort(),
    Array.from({ length: 100 }, (_, i) => sha256(String(i + 3)).toString('hex')).sort(),
  );
  assert.equal((await readdir(join(directory, 'other'))).length, 1);
});
