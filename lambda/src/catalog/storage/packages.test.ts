import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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

test('packages are merged in their order, without layers into nothing, and whoever asks gets the same place', async () => {
  const packages = await Packages.open(join(root, 'merged'), new Set());
  const one = await kept(packages, { 'lib/a': 'one', 'lib/b': 'one' });
  const two = await kept(packages, { 'lib/b': 'two', c: 'two' });
  assert.equal(await packages.mergedDirectoryOf([]), undefined);
  assert.equal(await packages.mergedDirectoryOf([one]), await packages.directoryOf(one));
  const asked = await Promise.all([1, 2, 3].map(() => packages.mergedDirectoryOf([one, two])));
  const merged = asked[0] as string;
  assert.deepEqual(asked, [merged, merged, merged]);
  assert.equal(await packages.mergedDirectoryOf([one, two]), merged);
  const turned = await packages.mergedDirectoryOf([two, one]);
  const read = (directory: string | undefined, name: string) => readFile(join(directory ?? '', name), 'utf8');
  assert.deepEqual([await read(merged, 'lib/a'), await read(merged, 'lib/b')], ['one', 'two']);
  assert.equal(await read(turned, 'lib/b'), 'one');
  assert.equal(await read(await packages.directoryOf(one), 'lib/b'), 'one');
});

test('what nothing refers to is gone after the next opening, the rest can be merged again', async () => {
  const directory = join(root, 'again');
  const before = await Packages.open(directory, new Set());
  const one = await kept(before, { a: 'one' });
  const two = await kept(before, { b: 'two' });
  const gone = await kept(before, { c: 'three' });
  const merged = (await before.mergedDirectoryOf([one, two, gone])) as string;
  const opened = await Packages.open(directory, new Set([one, two]));
  assert.ok(!existsSync(merged));
  await assert.rejects(opened.directoryOf(gone), { type: 'InvalidZipFileException' });
  assert.deepEqual((await readdir((await opened.mergedDirectoryOf([one, two])) ?? '')).sort(), ['a', 'b']);
});
