import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { postgresBinaries, serverUser, withinReach } from './binaries.ts';

async function scratch(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-binaries-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function tree(native: string): Promise<string> {
  await mkdir(join(native, 'bin'), { recursive: true, mode: 0o700 });
  await mkdir(join(native, 'lib'), { mode: 0o700 });
  await writeFile(join(native, 'bin', 'postgres'), 'server', { mode: 0o700 });
  await writeFile(join(native, 'lib', 'libicu.so.60'), 'library', { mode: 0o600 });
  await symlink('libicu.so.60', join(native, 'lib', 'libicu.so'));
  return native;
}

test('binaries below a closed folder are copied once, completely and readable by every user', async (t) => {
  const home = await scratch(t);
  const native = await tree(join(home, 'closed', 'native'));
  const target = join(home, 'copy');
  assert.equal(await withinReach(native, target), target);
  assert.equal((await stat(join(target, 'bin', 'postgres'))).mode & 0o777, 0o755);
  assert.equal((await stat(join(target, 'lib', 'libicu.so.60'))).mode & 0o777, 0o644);
  assert.equal(await readlink(join(target, 'lib', 'libicu.so')), 'libicu.so.60');
  const { ino } = await stat(target);
  assert.equal(await withinReach(native, target), target);
  assert.equal((await stat(target)).ino, ino, 'not copied again');
});

test('a copy that lost a file, or that others may change, is replaced', async (t) => {
  const home = await scratch(t);
  const native = await tree(join(home, 'closed', 'native'));
  const target = join(home, 'copy');
  await withinReach(native, target);
  await rm(join(target, 'lib', 'libicu.so.60'));
  await withinReach(native, target);
  assert.equal(await readFile(join(target, 'lib', 'libicu.so.60'), 'utf8'), 'library');
  const { ino } = await stat(target);
  await chmod(target, 0o777);
  await withinReach(native, target);
  assert.notEqual((await stat(target)).ino, ino);
});

test('the server never runs as root, but as the owner of the data if there are any', async (t) => {
  const user = await serverUser(join(await scratch(t), 'nothing'));
  assert.equal(user?.uid, process.getuid?.() === 0 ? 65_534 : undefined);
  assert.ok((await stat(join(await postgresBinaries(user), 'bin', 'postgres'))).isFile());
});
