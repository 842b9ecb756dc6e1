import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  CreateFunctionUrlConfigCommand,
  type CreateFunctionUrlConfigCommandInput,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { HttpDoor } from '../../../src/doors/http/server.ts';
import { openCompute } from '../../../src/engines/compute/aws.ts';
import type { ComputeEngine, InvocationReport } from '../../../src/engines/compute/engine.ts';
import { Problem } from '../../../src/lib/problem.ts';
import { signedHeaders } from '../../test/clients/signer.ts';
import { systemClock } from '../clock.ts';
import { silentLog } from '../log.ts';
import { EmbeddedRuntime } from '../runtime.ts';
import { functionUrlId, isLambdaApiPath } from './lambda-api.ts';
import { lambdaRoutes } from './routes.ts';

const REGION = 'eu-west-1';
const KEYS = { accessKeyId: 'AKIAUPSTACK', secretAccessKey: 'secret' };
let directory: string;
let runtime: EmbeddedRuntime;
let door: HttpDoor;
let port = 0;
let compute: ComputeEngine;
let client: LambdaClient;
let reported: (report: InvocationReport) => void = () => {};

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upstack-door-'));
  runtime = await EmbeddedRuntime.open({
    directory,
    region: REGION,
    accountId: '000000000000',
    functionUrl: (id) => `http://${id}.lambda-url.localhost:${port}/`,
    onInvocation: (report) => reported(report),
    onLog() {},
    clock: systemClock,
    log: silentLog,
  });
  const origins = { hosts: [] };
  door = await HttpDoor.open({ host: '127.0.0.1', port: 0, origins, log: silentLog });
  const signed = { credentials: KEYS, region: REGION, clock: systemClock };
  await door.serve(lambdaRoutes({ runtime, origins, ...signed }), () => {});
  port = door.port;
  const endpoint = `http://127.0.0.1:${port}`;
  compute = openCompute({ endpoint, region: REGION, credentials: KEYS });
  client = new LambdaClient({ endpoint, region: REGION, credentials: KEYS });
});
after(async () => {
  client.destroy();
  await compute.close();
  await door.close();
  await runtime.close();
  await rm(directory, { recursive: true });
});

function input(name: string, code: string) {
  return {
    name,
    zip: zipSync({ 'index.mjs': strToU8(code) }),
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    timeoutSeconds: 10,
    memoryMb: 128,
    environment: {},
  };
}

/** The address of a URL of the function. */
async function openUrl(
  FunctionName: string,
  settings: Omit<CreateFunctionUrlConfigCommandInput, 'FunctionName'>,
) {
  const { FunctionUrl = '' } = await client.send(
    new CreateFunctionUrlConfigCommand({ FunctionName, ...settings }),
  );
  return new URL(FunctionUrl);
}

async function send(
  path: string,
  options: { host?: string; method?: string; body?: Buffer; headers?: Record<string, string> } = {},
) {
  return await new Promise<{ status: number; headers: IncomingMessage['headers']; body: string }>(
    (resolve, reject) => {
      const headers = { ...(options.host === undefined ? {} : { host: options.host }), ...options.headers };
      const sending = request(
        { host: '127.0.0.1', port, path, method: options.method ?? 'GET', headers },
        (answer) => {
          let body = '';
          answer.on('data', (part) => {
            body += part;
          });
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
        },
      );
      sending.on('error', reject);
      sending.end(options.body);
    },
  );
}

test('the paths and hosts of the door are told from others', () => {
  for (const path of [
    '/2015-03-31/functions',
    '/2021-10-31/functions/a/url?Qualifier=live',
    '/2016-08-19/account-settings/',
  ]) {
    assert.equal(isLambdaApiPath(path), true, path);
  }
  for (const path of ['/', '/api/functions', '/v1/traces', '/2015-03-31'])
    assert.equal(isLambdaApiPath(path), false, path);
  assert.equal(functionUrlId('abc123.lambda-url.localhost:4700'), 'abc123');
  assert.equal(functionUrlId('ABC.lambda-url.localhost'), 'abc');
  for (const host of [
    undefined,
    '',
    'localhost:4700',
    'lambda-url.localhost',
    'a.b.lambda-url.localhost',
    'a.lambda-url.localhost.example.com',
  ]) {
    assert.equal(functionUrlId(host), undefined, host);
  }
});

test('requests without or with a wrong signature are refused in the shape of AWS', async () => {
  const unsigned = await send('/2015-03-31/functions');
  assert.equal(unsigned.status, 403);
  assert.equal(unsigned.headers['x-amzn-errortype'], 'MissingAuthenticationTokenException');
  assert.ok(unsigned.headers['x-amzn-requestid']);
  assert.deepEqual(JSON.parse(unsigned.body), { message: 'Missing Authentication Token' });

  const endpoint = `http://127.0.0.1:${port}`;
  const wrong = openCompute({ endpoint, region: REGION, credentials: { ...KEYS, secretAccessKey: 'guess' } });
  await assert.rejects(wrong.listFunctions(), (error) => {
    assert.ok(error instanceof Problem);
    assert.equal(error.code, 'compute.not-allowed');
    assert.equal((error.cause as Error).name, 'InvalidSignatureException');
    return true;
  });
  await wrong.close();
});

test('a function deployed through the port answers, is published, routed and deleted', async () => {
  const code = (word: string) => `export const handler = async () => '${word}';`;
  const made = await compute.createFunction(input('cart', code('one')));
  assert.equal(made.version, '$LATEST');
  assert.equal(made.codeSizeBytes, input('cart', code('one')).zip.length);
  assert.equal(await compute.publishVersion('cart'), '1');
  assert.equal(await compute.publishVersion('cart'), '1');
  await compute.updateFunction(input('cart', code('two')));
  assert.equal(await compute.publishVersion('cart'), '2');
  assert.deepEqual((await compute.putAlias('cart', 'live', '1')).weights, {});
  assert.deepEqual((await compute.putAlias('cart', 'live', '1', { '2': 1 })).weights, { '2': 1 });
  const answer = await compute.invoke({
    name: 'cart',
    qualifier: 'live',
    payload: Buffer.from('{}'),
    tail: true,
  });
  assert.equal(Buffer.from(answer.payload).toString(), '"two"');
  assert.deepEqual([answer.executedVersion, answer.functionError], ['2', undefined]);
  assert.match(answer.log ?? '', /REPORT RequestId/);
  const url = await compute.putUrl('cart', 'live');
  assert.equal(await compute.putUrl('cart', 'live'), url, 'there is one');
  const detail = await compute.getFunction('cart');
  assert.deepEqual(
    detail.versions.map(({ version }) => version),
    ['1', '2'],
  );
  assert.deepEqual(detail.aliases, [{ name: 'live', version: '1', weights: { '2': 1 }, description: '' }]);
  assert.equal(detail.url, url);
  assert.ok((await compute.listFunctions()).some(({ name }) => name === 'cart'));
  assert.equal((await compute.health()).ok, true);
  await compute.deleteFunction('cart');
  await assert.rejects(
    compute.getFunction('cart'),
    (error) => (error as Problem).code === 'compute.no-such-function',
  );
});

test('a function calls another one by its function URL', async () => {
  const called = input(
    'called',
    'export const handler = async (event) => ({ statusCode: 200, body: event.rawPath });',
  );
  await compute.createFunction(called);
  await compute.putAlias('called', 'live', await compute.publishVersion('called'));
  const url = await compute.putUrl('called', 'live');
  await compute.createFunction(
    input(
      'caller',
      `import http from 'node:http';
       export const handler = async (url) => {
         const fetched = await (await fetch(url + 'by-fetch')).text();
         const got = await new Promise((resolve, reject) => http.get(url + 'by-http', (answer) => {
           let text = ''; answer.on('data', (part) => { text += part; }); answer.on('end', () => resolve(text));
         }).on('error', reject));
         return [fetched, got];
       };`,
    ),
  );
  const answer = await compute.invoke({ name: 'caller', payload: Buffer.from(JSON.stringify(url)) });
  assert.deepEqual(JSON.parse(Buffer.from(answer.payload).toString()), ['/by-fetch', '/by-http']);
});

test('an unknown function URL and a too large body are refused', async () => {
  assert.equal((await send('/', { host: 'nobody.lambda-url.localhost' })).status, 404);
  await compute.createFunction(input('large', 'export const handler = async () => 1;'));
  await compute.putAlias('large', 'live', await compute.publishVersion('large'));
  const { host } = new URL(await compute.putUrl('large', 'live'));
  const large = await send('/', { host, method: 'POST', body: Buffer.alloc(6_291_457) });
  assert.equal(large.status, 413);
  const nearly = await send('/', { host, method: 'POST', body: Buffer.alloc(6_000_000) });
  assert.equal(nearly.status, 413, 'as an event it is larger than the quota');
});

test('a body above the limit is answered and the connection goes on', async () => {
  const client = new LambdaClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: REGION,
    credentials: KEYS,
    maxAttempts: 1,
  });
  const Payload = Buffer.alloc(7 * 1024 * 1024, '1');
  await assert.rejects(client.send(new InvokeCommand({ FunctionName: 'x', Payload })), (error: Error) => {
    assert.equal(error.name, 'RequestTooLargeException');
    assert.match(error.message, /smaller than 6291456 bytes for the InvokeFunction operation/);
    return true;
  });
  client.destroy();
  assert.equal((await compute.health()).ok, true);
});

test('a client that breaks off midway harms nobody', async () => {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    'POST /2015-03-31/functions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 1000\r\n\r\n{"half":',
  );
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.destroy();
  assert.equal((await compute.health()).ok, true);
});

test('a function that streams is not held back by a client that is gone before the first part', async () => {
  const code = `export const handler = awslambda.streamifyResponse(async (event, stream) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (let i = 0; i < 40; i++) {
      if (!stream.write(Buffer.alloc(100_000))) await new Promise((resolve) => stream.once('drain', resolve));
    }
    stream.end();
  });`;
  await compute.createFunction(input('streams', code));
  const { host } = await openUrl('streams', { AuthType: 'NONE', InvokeMode: 'RESPONSE_STREAM' });
  const report = new Promise<InvocationReport>((resolve) => {
    reported = resolve;
  });
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
  const { status, durationMs } = await report;
  assert.deepEqual([status, durationMs < 9_000], ['success', true], `${durationMs} ms`);
});

test('a function URL of the type AWS_IAM answers who signs, and nobody else', async () => {
  await compute.createFunction(
    input(
      'guarded',
      'export const handler = async ({ requestContext }) => requestContext.authorizer?.iam.accessKey ?? "nobody";',
    ),
  );
  const FunctionName = 'guarded';
  const { host } = await openUrl(FunctionName, { AuthType: 'AWS_IAM' });
  const call = async (path: string, keys?: typeof KEYS) =>
    await send(path, {
      host,
      headers: keys ? await signedHeaders({ host, path }, { region: REGION, ...keys }) : {},
    });
  const unsigned = await call('/');
  assert.deepEqual([unsigned.status, unsigned.body], [403, '{"Message":"Forbidden"}']);
  const forged = await call('/', { ...KEYS, secretAccessKey: 'another' });
  assert.deepEqual([forged.status, forged.headers['x-amzn-errortype']], [403, 'InvalidSignatureException']);
  const signed = await call('/a%20b/c', KEYS);
  assert.deepEqual([signed.status, signed.body], [200, KEYS.accessKeyId]);
  await client.send(new UpdateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE' }));
  assert.deepEqual([(await call('/')).body, (await call('/', KEYS)).body], ['nobody', 'nobody']);
});

const STATUSES = [
  ['/200', 200],
  ['/404', 404],
  ['/302', 302],
  ['/503', 503],
  // `end` alone does not send the status, as on Lambda: what comes is no HTTP answer.
  ['/502', 502],
  ['/none', 502],
] as const;

for (const InvokeMode of ['BUFFERED', 'RESPONSE_STREAM'] as const) {
  test(`the status that a function URL answers is the one that is reported: ${InvokeMode}`, async () => {
    const name = `status-${InvokeMode.toLowerCase()}`;
    const code =
      InvokeMode === 'BUFFERED'
        ? 'export const handler = async ({ rawPath }) => ({ statusCode: Number(rawPath.slice(1)) || "none" });'
        : `export const handler = awslambda.streamifyResponse(async ({ rawPath }, stream) => {
    if (rawPath === '/none') throw new Error('none');
    const answer = awslambda.HttpResponseStream.from(stream, { statusCode: Number(rawPath.slice(1)) });
    if (rawPath === '/502') return answer.end('all at once');
    answer.write('all at once');
    answer.end();
  });`;
    await compute.createFunction(input(name, code));
    const { host } = await openUrl(name, { AuthType: 'NONE', InvokeMode });
    for (const [path, status] of STATUSES) {
      const report = new Promise<InvocationReport>((resolve) => {
        reported = resolve;
      });
      const answer = await send(path, { host });
      assert.deepEqual([answer.status, (await report).httpStatus], [status, status], path);
    }
  });
}
