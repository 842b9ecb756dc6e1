import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { strFromU8, unzipSync } from 'fflate';
import { packageFunction } from './worker.ts';

async function directoryWith(t: TestContext, files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-package-'));
  t.after(() => rm(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  return directory;
}

/** Unpacks a package where nothing else lies, and loads it as a Lambda runtime does. */
async function load(t: TestContext, zip: Uint8Array): Promise<{ handler: (event: unknown) => unknown }> {
  const files = unzipSync(zip);
  const directory = await directoryWith(t, {});
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(directory, name), bytes);
  return await import(pathToFileURL(join(directory, Object.keys(files)[0] as string)).href);
}

/** The execute bits of each file, from the archive's central directory (APPNOTE.TXT 4.3.12). */
function executeBitsIn(zip: Uint8Array): Record<string, number> {
  const bytes = Buffer.from(zip);
  const bits: Record<string, number> = {};
  for (let at = bytes.indexOf('PK\x01\x02'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 46)) {
    const name = bytes.toString('utf8', at + 46, at + 46 + bytes.readUInt16LE(at + 28));
    bits[name] = (bytes.readUInt32LE(at + 38) >>> 16) & 0o111;
  }
  return bits;
}

test('a TypeScript function and its imports become one standalone module', async (t) => {
  const directory = await directoryWith(t, {
    'index.ts': `import { sep } from 'node:path';
      import { twice } from './twice.ts';
      import legacy from './legacy.cjs';
      export const handler = async (event: { n: number }) => ({ twice: twice(event.n), sep, host: legacy.host() });`,
    'twice.ts': 'export const twice = (n: number): number => 2 * n;',
    'legacy.cjs': `const os = require('os'); exports.host = () => typeof os.hostname();`,
  });
  const packaged = await packageFunction(directory);
  assert.equal(packaged.handler, 'index.handler');
  assert.deepEqual(Object.keys(unzipSync(packaged.zip)), ['index.mjs']);
  const { handler } = await load(t, packaged.zip);
  assert.deepEqual(await handler({ n: 21 }), { twice: 42, sep: '/', host: 'string' });
});

test('a CommonJS function stays CommonJS and keeps its handler', async (t) => {
  const directory = await directoryWith(t, {
    'index.js': `exports.handler = async () => __filename.endsWith('.cjs');`,
  });
  const packaged = await packageFunction(directory);
  assert.deepEqual(Object.keys(unzipSync(packaged.zip)), ['index.cjs']);
  const { handler } = await load(t, packaged.zip);
  assert.equal(await handler({}), true);
});

test('the same sources give the same bytes, also from another directory and later', async (t) => {
  const files = { 'handler.mts': 'export const handler = async (): Promise<number> => 7;' };
  const one = await directoryWith(t, files);
  const two = await directoryWith(t, files);
  const first = await packageFunction(one);
  assert.deepEqual((await packageFunction(one)).zip, first.zip);
  assert.deepEqual((await packageFunction(two)).zip, first.zip);
  const links = await directoryWith(t, {});
  await symlink(one, join(links, 'function'));
  assert.deepEqual((await packageFunction(join(links, 'function'))).zip, first.zip);
});

test('a directory that cannot be packaged is a problem that says where', async (t) => {
  const broken = await directoryWith(t, { 'index.ts': 'export const handler = (;' });
  await assert.rejects(packageFunction(broken), { code: 'deploy.bundle-failed', message: /index\.ts:1: / });
  const unresolved = await directoryWith(t, {
    'index.ts': `import 'no-such-package'; export const handler = 1;`,
  });
  await assert.rejects(packageFunction(unresolved), {
    code: 'deploy.bundle-failed',
    message: /no-such-package/,
  });
  const nameless = await directoryWith(t, { 'index.ts': 'export const main = async () => 1;' });
  await assert.rejects(packageFunction(nameless), { code: 'deploy.no-handler', message: /it exports main/ });
  await assert.rejects(packageFunction(nameless, { handler: 'index.main' }), {
    code: 'deploy.no-handler',
    message: /omit --handler/,
  });
  const empty = await directoryWith(t, {});
  await assert.rejects(packageFunction(empty), { code: 'deploy.no-entry' });
  await assert.rejects(packageFunction(join(empty, 'gone')), { code: 'deploy.no-such-directory' });
});

test('a bundle has a source map and a metafile, outside the package by default', async (t) => {
  const directory = await directoryWith(t, {
    'index.ts': `import { twice } from './twice.ts';
      export const handler = async (n: number) => twice(n);`,
    'twice.ts': 'export const twice = (n: number): number => 2 * n;',
  });
  const { zip, evidence = {} } = await packageFunction(directory);
  assert.deepEqual(Object.keys(unzipSync(zip)), ['index.mjs']);
  assert.ok(!strFromU8(unzipSync(zip)['index.mjs'] as Uint8Array).includes('sourceMappingURL'));
  const text = (name: string) => JSON.parse(strFromU8(evidence[name] as Uint8Array));
  assert.deepEqual(Object.keys(text('metafile.json').inputs).sort(), ['index.ts', 'twice.ts']);
  assert.deepEqual(text('index.mjs.map').sources.toSorted(), ['index.ts', 'twice.ts']);
  const mapped = unzipSync((await packageFunction(directory, { sourceMap: true })).zip);
  assert.deepEqual(Object.keys(mapped), ['index.mjs', 'index.mjs.map']);
  assert.match(strFromU8(mapped['index.mjs'] as Uint8Array), /\n\/\/# sourceMappingURL=index\.mjs\.map\n$/);
  assert.deepEqual(mapped['index.mjs.map'], new Uint8Array(evidence['index.mjs.map'] as Uint8Array));
});

test('Python files are zipped unchanged, without caches, virtual environments and repositories', async (t) => {
  const files = {
    'app.py': 'import shop.prices\ndef lambda_handler(event, context):\n  return 1\n',
    'shop/prices.py': 'TEA = 450\n',
    'shop/table.csv': 'tea,450\n',
    'run.sh': '#!/bin/sh\n',
    '__pycache__/app.cpython-312.pyc': 'cache',
    'shop/__pycache__/prices.cpython-312.pyc': 'cache',
    '.venv/pyvenv.cfg': 'home = /usr/bin',
    '.venv/lib/python3.12/site-packages/big.py': 'x',
    '.git/HEAD': 'ref',
  };
  const one = await directoryWith(t, files);
  const two = await directoryWith(t, Object.fromEntries(Object.entries(files).reverse()));
  for (const directory of [one, two]) await chmod(join(directory, 'run.sh'), 0o755);
  await symlink('..', join(two, '.venv/loop'));
  const packaged = await packageFunction(one);
  assert.deepEqual([packaged.handler, packaged.runtime], ['app.lambda_handler', 'python3.14']);
  assert.equal(packaged.evidence, undefined);
  assert.deepEqual(Object.keys(unzipSync(packaged.zip)), [
    'app.py',
    'run.sh',
    'shop/prices.py',
    'shop/table.csv',
  ]);
  assert.deepEqual((await packageFunction(two)).zip, packaged.zip);
  await assert.rejects(packageFunction(one, { sourceMap: true }), { code: 'deploy.not-bundled' });
  await symlink('shop', join(two, 'linked'));
  await symlink('..', join(two, 'shop/up'));
  const linked = unzipSync((await packageFunction(two, { handler: 'app.other', runtime: 'python3.12' })).zip);
  assert.deepEqual(linked['linked/table.csv'], linked['shop/table.csv']);
  assert.ok(!Object.keys(linked).some((path) => path.includes('up/')), Object.keys(linked).join());
});

test('a custom runtime keeps its execute bits, and must have one', async (t) => {
  const directory = await directoryWith(t, { bootstrap: '#!/bin/sh\n', 'function.sh': 'true\n' });
  const path = join(directory, 'bootstrap');
  await chmod(path, 0o644);
  await assert.rejects(packageFunction(directory), {
    code: 'deploy.not-executable',
    message: `${path} is not an executable program: run "chmod +x ${path}"`,
  });
  await chmod(path, 0o755);
  const packaged = await packageFunction(directory, { handler: 'function.handler' });
  assert.deepEqual([packaged.handler, packaged.runtime], ['function.handler', 'provided.al2023']);
  assert.deepEqual(executeBitsIn(packaged.zip), { bootstrap: 0o111, 'function.sh': 0 });
});

test('a broken link is a problem that names it', async (t) => {
  const directory = await directoryWith(t, { 'app.py': 'def handler(event, context): pass\n' });
  await symlink('nowhere', join(directory, 'data.csv'));
  await assert.rejects(packageFunction(directory), {
    code: 'deploy.unreadable',
    message: /data\.csv cannot be read/,
  });
});
