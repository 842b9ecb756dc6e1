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
import { Slot, treesOf } from './slot.ts';

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

test('a slot gets what the directories have, by links', () => {
  const [task, layers] = [tree('task'), tree('layers')];
  const trees = treesOf(task, layers, 10);
  assert.ok(trees);
  const slot = new Slot(join(root, 'slot'));
  slot.fill(trees);
  for (const [from, to] of [
    [task, slot.task],
    [layers, slot.layers],
  ] as const) {
    const file = join('a', 'b', 'index.js');
    assert.equal(statSync(join(to, file)).ino, statSync(join(from, file)).ino);
    assert.equal(readlinkSync(join(to, 'link.js')), 'a/b/index.js');
    assert.equal(readFileSync(join(to, 'link.js'), 'utf8'), readFileSync(join(from, file), 'utf8'));
    assert.ok(statSync(join(to, 'empty')).isDirectory());
  }
});

test('without layers the slot has none, and more entries than the limit are too many', () => {
  const task = tree('alone');
  assert.equal(treesOf(task, undefined, 5)?.layers, undefined);
  assert.equal(treesOf(task, undefined, 4), undefined);
  assert.equal(treesOf(task, tree('above'), 9), undefined);
});
