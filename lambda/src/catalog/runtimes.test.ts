import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { familyOf, pythonPath } from './runtimes.ts';

test('a runtime belongs to Node, to Python, or brings its own bootstrap', () => {
  assert.deepEqual(['nodejs24.x', 'nodejs12.x', 'python3.13', 'provided.al2023'].map(familyOf), [
    'node',
    'node',
    'python',
    'custom',
  ]);
});

test('python3 is the first in the path that can be run', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'python-'));
  const file = join(directory, 'python3');
  const path = ['/nowhere', directory].join(delimiter);
  try {
    assert.equal(pythonPath(path), undefined);
    await writeFile(file, '');
    await chmod(file, 0o755);
    assert.equal(pythonPath(path), file);
  } finally {
    await rm(directory, { recursive: true });
  }
});
