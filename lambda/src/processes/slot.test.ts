import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Slot, treeOf } from './slot.ts';

const root = mkdtempSync(join(tmpdir(), 'upstack-slot-'));
after(() => rmSync(root, { recursive: true }));

/** A file in two directories, a link to it, and an empty directory: five entries. */
function tree(name: string): string {
  const directory = join(root, name);
  mkdirSync(join(directory, 'a', 'b'), { recursive: true });
  mkdirSync(join(directory, 'empty'));
  writeFileSync(join(directory, 'a', 'b', 'index.js'), name);
  symlinkSync('a/b/index.js', join(directory, 'link.js'));
  return directory;
}

test('a slot gets what the directory has, by links', () => {
  const task = tree('task');
  const code = treeOf(task, 5);
  assert.ok(code);
  const slot = new Slot(join(root, 'slot'));
  slot.fill(code);
  const file = join('a', 'b', 'index.js');
  assert.equal(statSync(join(slot.directory, file)).ino, statSync(join(task, file)).ino);
  assert.equal(readlinkSync(join(slot.directory, 'link.js')), 'a/b/index.js');
  assert.equal(readFileSync(join(slot.directory, 'link.js'), 'utf8'), 'task');
  assert.ok(statSync(join(slot.directory, 'empty')).isDirectory());
});

test('more entries than the limit are too many', () => {
  const task = tree('large');
  assert.equal(treeOf(task, 5)?.entries.length, 5);
  assert.equal(treeOf(task, 4), undefined);
});
