import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';
import { packageFunction } from './worker.ts';

async function directoryWith(t: TestContext, files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-package-'));
  t.after(() => rm(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return directory;
}

/** Unpacks a package where nothing else lies, and loads it as a Lambda runtime does. */
async function load(t: TestContext, zip: Uint8Array): Promise<{ handler: (event: unknown) => unknown }> {
  const files = unzipSync(zip);
  const directory = await directoryWith(t, {});
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(directory, name), bytes);
  return await import(pathToFileURL(join(directory, Object.keys(files)[0] as string)).href);
}

test('a TypeScript function with its parts becomes one module that loads by itself', async (t) => {
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

test('the same sources give the same bytes, also from another place and later', async (t) => {
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

test('what cannot be packaged is a problem that says where', async (t) => {
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
  const empty = await directoryWith(t, {});
  await assert.rejects(packageFunction(empty), { code: 'deploy.no-entry' });
  await assert.rejects(packageFunction(join(empty, 'gone')), { code: 'deploy.no-such-directory' });
});
