import assert from 'node:assert/strict';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { mergeTrees } from './merged-trees.ts';

const root = await mkdtemp(join(tmpdir(), 'upstack-merge-'));
after(() => rm(root, { recursive: true }));

/** Path -> text; a path that is a directory of another one is left out. */
type Tree = Record<string, string>;

async function written(tree: Tree): Promise<string> {
  const directory = await mkdtemp(join(root, 'tree-'));
  for (const [path, text] of Object.entries(tree)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return directory;
}

async function merged(...trees: Tree[]): Promise<string> {
  const sources = await Promise.all(trees.map(written));
  const target = await mkdtemp(join(root, 'merged-'));
  await mergeTrees(sources, target);
  return target;
}

async function read(directory: string): Promise<Tree> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return Object.fromEntries(files.map((file, i) => [file.slice(directory.length + 1), texts[i] as string]));
}

const within = (path: string, directory: string) => path === directory || path.startsWith(`${directory}/`);

/** What unpacking one over the other leaves: the later one's files, and those of the earlier one that are not in their way. */
function expected(earlier: Tree, later: Tree): Tree {
  const paths = Object.keys(later);
  const left = Object.entries(earlier).filter(
    ([path]) => !paths.some((other) => within(path, other) || within(other, path)),
  );
  return { ...Object.fromEntries(left), ...later };
}

const name = fc.constantFrom('a', 'b', 'c');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const tree = fc.dictionary(path, fc.string(), { maxKeys: 5 }).map((files) => {
  const paths = Object.keys(files);
  const leaves = paths.filter((one) => !paths.some((other) => other !== one && within(other, one)));
  return Object.fromEntries(leaves.map((leaf) => [leaf, files[leaf] as string]));
});

test('a merge is what unpacking the trees over each other leaves', async () => {
  await fc.assert(
    fc.asyncProperty(tree, tree, tree, async (one, two, three) => {
      assert.deepEqual(await read(await merged(one, two, three)), expected(expected(one, two), three));
    }),
    { numRuns: 60 },
  );
});

test('links stay links, and nothing is written through one', async () => {
  const outside = await written({ 'kept.txt': 'kept' });
  const [one, two] = [await written({}), await written({ 'way/file.txt': 'new', 'link.txt': 'a file' })];
  await symlink(outside, join(one, 'way'));
  await symlink('way/file.txt', join(one, 'link.txt'));
  await symlink('nowhere', join(two, 'dangling'));
  const target = await mkdtemp(join(root, 'merged-'));
  await mergeTrees([one, two], target);
  assert.deepEqual(await readdir(outside), ['kept.txt']);
  assert.ok((await lstat(join(target, 'way'))).isDirectory());
  assert.equal(await readFile(join(target, 'link.txt'), 'utf8'), 'a file');
  assert.equal(await readlink(join(target, 'dangling')), 'nowhere');
});

test('execute bits come along', async () => {
  const source = await written({ run: '#!/bin/sh' });
  await chmod(join(source, 'run'), 0o555);
  const target = await mkdtemp(join(root, 'merged-'));
  await mergeTrees([source], target);
  assert.equal((await lstat(join(target, 'run'))).mode & 0o777, 0o555);
});
