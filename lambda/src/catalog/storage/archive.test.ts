import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { strToU8, type Zippable, zipSync } from 'fflate';
import { ArchiveError, unzip } from './archive.ts';

const root = await mkdtemp(join(tmpdir(), 'upstack-archive-'));
let number = 0;
after(() => rm(root, { recursive: true }));

const UNIX = 3;
const file = (text: string, mode: number): Zippable[string] => [
  strToU8(text),
  { os: UNIX, attrs: (mode << 16) >>> 0 },
];
const link = (target: string) => file(target, 0o120777);

async function unpack(entries: Zippable, maxBytes = 1_000_000): Promise<string> {
  const directory = join(root, String(number++), 'task');
  await mkdir(directory, { recursive: true });
  await unzip(zipSync(entries), directory, maxBytes);
  return directory;
}

const refuses = (reason: string, entries: Zippable, maxBytes?: number) =>
  assert.rejects(
    unpack(entries, maxBytes),
    (error) => error instanceof ArchiveError && error.reason === reason,
  );

test('files become read-only and keep their execute bits', async () => {
  const directory = await unpack({
    'a/b/plain.txt': file('text', 0o644),
    run: file('#!/bin/sh', 0o755),
    'empty/': strToU8(''),
  });
  assert.equal(await readFile(join(directory, 'a/b/plain.txt'), 'utf8'), 'text');
  const mode = async (name: string) => (await stat(join(directory, name))).mode & 0o777;
  assert.equal((await mode('a/b/plain.txt')) & 0o222, 0);
  assert.equal((await mode('run')) & 0o100, 0o100);
  assert.deepEqual((await readdir(directory)).sort(), ['a', 'empty', 'run']);
});

test('links inside work, links outside are refused', async () => {
  const directory = await unpack({ 'lib/real.js': file('1', 0o644), 'bin/link.js': link('../lib/real.js') });
  assert.equal(await readFile(join(directory, 'bin/link.js'), 'utf8'), '1');
  await refuses('unsafe', { out: link('../../outside') });
  await refuses('unsafe', { out: link('/etc/passwd') });
  await refuses('unsafe', { 'a/b/c/deep': link('.'), up: link('a/b/c/deep/../../../../..') });
});

test('no entry is written through a link', async () => {
  await refuses('broken', { way: link('a'), 'way/file': file('x', 0o644), 'a/x': file('y', 0o644) });
});

test('names that lead outside are refused', async () => {
  for (const name of ['../out', 'a/../../out', '/tmp/out', 'C:/out']) {
    await refuses('unsafe', { [name]: file('x', 0o644) });
  }
  const parent = join(root, String(number - 1));
  assert.deepEqual(await readdir(parent), ['task'], 'nothing was written outside');
});

test('more than the limit is refused before it is written', async () => {
  await refuses('too-large', { big: file('x'.repeat(2_000), 0o644) }, 1_999);
  await unpack({ big: file('x'.repeat(2_000), 0o644) }, 2_000);
  await refuses('too-large', { one: file('x'.repeat(600), 0o644), two: file('x'.repeat(600), 0o644) }, 1_000);
  assert.deepEqual(await readdir(join(root, String(number - 1), 'task')), []);
});

test('a lie about the size is found', async () => {
  const zip = zipSync({ big: [strToU8('x'.repeat(100_000)), { level: 9 }] });
  const claimed = Buffer.from(zip);
  // The uncompressed size in the central directory, 24 bytes after its signature.
  claimed.writeUInt32LE(10, claimed.indexOf('PK\x01\x02') + 24);
  const directory = join(root, String(number++));
  await mkdir(directory);
  await assert.rejects(unzip(claimed, directory, 1_000), (error) => error instanceof ArchiveError);
});

test('one changed byte is found', async () => {
  const zip = Buffer.from(zipSync({ a: strToU8('the code of a function') }, { level: 0 }));
  zip.write('x', zip.indexOf('code'));
  const directory = join(root, String(number++));
  await mkdir(directory);
  await assert.rejects(unzip(zip, directory, 1_000), (error) => {
    return error instanceof ArchiveError && error.reason === 'broken' && /checksum/.test(error.message);
  });
});

test('what is no archive is refused', async () => {
  await refuses('empty', {});
  const directory = join(root, String(number++));
  await mkdir(directory);
  for (const bytes of [
    strToU8('no zip'),
    new Uint8Array(),
    zipSync({ a: strToU8('x'.repeat(500)) }).subarray(0, 60),
  ]) {
    await assert.rejects(
      unzip(bytes, directory, 1_000),
      (error) => error instanceof ArchiveError && error.reason === 'broken',
    );
  }
});
