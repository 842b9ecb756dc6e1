import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { callUrl } from '../support/functions-made.ts';
import { openTwin, type Twin } from '../support/twin.ts';
import { Application, type Files, filesBelow, fixture, installed, packageOf } from './application.ts';

const DEPENDENCIES = [
  '@nestjs/core',
  '@nestjs/common',
  '@nestjs/platform-express',
  '@codegenie/serverless-express',
  'reflect-metadata',
  'rxjs',
];
const COMPILER = fixture('../../../node_modules/typescript/bin/tsc');

let twin: Twin;
let url: string;
let files: Files;
let zip: Uint8Array;

/** Compiles as `nest build` does, and packages what comes out with all that is installed. */
function built(): Files {
  const output = mkdtempSync(join(tmpdir(), 'upstack-nest-'));
  try {
    execFileSync(process.execPath, [COMPILER, '-p', fixture('nest'), '--outDir', output], {
      stdio: 'inherit',
    });
    const dist = Object.entries(filesBelow(output)).map(([path, bytes]) => [`dist/${path}`, bytes] as const);
    const manifest = readFileSync(fixture('nest/package.json'));
    return { ...Object.fromEntries(dist), 'package.json': manifest, ...installed(DEPENDENCIES) };
  } finally {
    rmSync(output, { recursive: true });
  }
}

before(async () => {
  files = built();
  zip = packageOf(files);
  twin = await openTwin();
  const application = await Application.deploy(twin, zip, {
    Handler: 'dist/index.handler',
    // Its handler takes a callback, as the documentation of Nest has it: nodejs24.x refuses that.
    Runtime: 'nodejs22.x',
  });
  url = await application.openUrl();
});
after(() => twin.close());

const get = (path: string, headers: Record<string, string> = {}) => callUrl(`${url}api/${path}`, { headers });
const value = ({ body }: { body: Buffer }) => JSON.parse(body.toString());

test('NestJS runs from a package of thousands of files', async () => {
  assert.ok(Object.keys(files).length > 2_000, `${Object.keys(files).length} files`);
  assert.ok(zip.byteLength > 3_000_000, `${zip.byteLength} bytes`);
  const answer = await get('products/1');
  assert.deepEqual([answer.status, value(answer)], [200, { id: 1, name: 'tea' }], answer.body.toString());
});

test('NestJS injects, validates, intercepts and streams', async () => {
  const post = (body: string) =>
    callUrl(`${url}api/products`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(body),
    });
  const added = await post('{"name":"green tea"}');
  assert.deepEqual([added.status, value(added)], [201, { id: 2, name: 'green tea' }]);
  assert.deepEqual(value(await get('products?name=green')), { data: [{ id: 2, name: 'green tea' }] });
  const label = await get('products/2/label');
  assert.deepEqual([...label.body], [0, 255, 2]);
  assert.deepEqual(label.headers['set-cookie'], ['printed=2; Path=/']);
  assert.equal((await post('{"name":7}')).status, 400);
  assert.ok(twin.lines.some(({ line }) => line.includes('adding green tea')));
});

test('NestJS answers errors and preflight requests by itself', async () => {
  const missing = await get('products/9');
  assert.deepEqual([missing.status, value(missing).message], [404, 'there is no product 9']);
  assert.equal((await get('products/nine')).status, 400);
  assert.equal(value(await get('nowhere')).message, 'Cannot GET /api/nowhere');
  const headers = { origin: 'https://shop.example', 'access-control-request-method': 'POST' };
  const preflight = await callUrl(`${url}api/products`, { method: 'OPTIONS', headers });
  assert.deepEqual(
    [preflight.status, preflight.headers['access-control-allow-origin']],
    [204, 'https://shop.example'],
  );
});
