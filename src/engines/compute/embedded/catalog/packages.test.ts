import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { strToU8, zipSync } from 'fflate';
import { Packages } from './packages.ts';

const root = await mkdtemp(join(tmpdir(), 'upstack-packages-'));
after(() => rm(root, { recursive: true }));

const zipOf = (files: Record<string, string>) =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));

async function kept(packages: Packages, files: Record<string, string>): Promise<string> {
  return (await packages.add(zipOf(files), 'CreateFunction')).codeSha256;
}

test('the project around the data directory does not decide what language the files are in', async () => {
  const project = join(root, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{"type":"module"}');
  const packages = await Packages.open(join(project, 'code'), new Set());
  const directory = await packages.directoryOf(await kept(packages, { 'index.js': 'exports.answer = 42;' }));
  assert.equal(createRequire(import.meta.url)(join(directory, 'index.js')).answer, 42);
});
