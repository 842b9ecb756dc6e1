import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import {
  CreateFunctionUrlConfigCommand,
  type CreateFunctionUrlConfigCommandInput,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda';
import { signedHeaders } from '../../test/clients/signer.ts';
import { FunctionsMade, json, refused, zipOf } from '../../test/support/functions-made.ts';
import { CREDENTIALS, openTwin, REGION, type Twin } from '../../test/support/twin.ts';
import { until } from '../../test/support/until.ts';
import { functionUrlId } from './function-urls.ts';
import { isLambdaApiPath } from './lambda-api.ts';

let twin: Twin;
let made: FunctionsMade;
let port: string;

before(async () => {
  twin = await openTwin();
  made = new FunctionsMade(twin);
  ({ port } = new URL(twin.endpoint));
});
after(() => twin.close());

/** Makes a function of this code as an ES module and returns its name. */
function make(code: string): Promise<string> {
  const Code = { ZipFile: zipOf({ 'index.mjs': code }) };
  return made.make('', { Runtime: 'nodejs24.x', Timeout: 10, Code });
}

/** The address of a URL of the function. */
async function openUrl(
  FunctionName: string,
  settings: Omit<CreateFunctionUrlConfigCommandInput, 'FunctionName'>,
) {
  const command = new CreateFunctionUrlConfigCommand({ FunctionName, ...settings });
  return new URL((await twin.client.send(command)).FunctionUrl as string);
}

/** The twin still answers. */
async function expectHealthy(): Promise<void> {
  await twin.client.send(new ListFunctionsCommand({ MaxItems: 1 }));
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

test('the paths and hosts of the twin are told from others', () => {
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

  const { endpoint } = twin;
  const credentials = { ...CREDENTIALS, secretAccessKey: 'guess' };
  const wrong = new LambdaClient({ endpoint, region: REGION, credentials, maxAttempts: 1 });
  await refused(wrong.send(new ListFunctionsCommand()), 'InvalidSignatureException', 403);
  wrong.destroy();
});

test('a function calls another one by its function URL', async () => {
  const url = await openUrl(
    await make('export const handler = async (event) => ({ statusCode: 200, body: event.rawPath });'),
    { AuthType: 'NONE' },
  );
  const FunctionName = await make(
    `import http from 'node:http';
     export const handler = async (url) => {
       const fetched = await (await fetch(url + 'by-fetch')).text();
       const got = await new Promise((resolve, reject) => http.get(url + 'by-http', (answer) => {
         let text = ''; answer.on('data', (part) => { text += part; }); answer.on('end', () => resolve(text));
       }).on('error', reject));
       return [fetched, got];
     };`,
  );
  const calling = new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(url.href)) });
  assert.deepEqual(json((await twin.client.send(calling)).Payload), ['/by-fetch', '/by-http']);
});

test('an unknown function URL and a too large body are refused', async () => {
  assert.equal((await send('/', { host: 'nobody.lambda-url.localhost' })).status, 404);
  const { host } = await openUrl(await make('export const handler = async () => 1;'), { AuthType: 'NONE' });
  const large = await send('/', { host, method: 'POST', body: Buffer.alloc(6_291_457) });
  assert.equal(large.status, 413);
  const nearly = await send('/', { host, method: 'POST', body: Buffer.alloc(6_000_000) });
  assert.equal(nearly.status, 413, 'as an event it is larger than the quota');
});

test('hosts and paths of others are refused', async () => {
  assert.equal((await send('/2015-03-31/functions', { host: 'evil.example' })).status, 403);
  assert.equal((await send('/elsewhere')).status, 404);
});

test('a body above the limit is answered and the connection goes on', async () => {
  const Payload = Buffer.alloc(7 * 1024 * 1024, '1');
  const sending = twin.client.send(new InvokeCommand({ FunctionName: 'x', Payload }));
  const reason = /smaller than 6291456 bytes for the InvokeFunction operation/;
  await refused(sending, 'RequestTooLargeException', 413, reason);
  await expectHealthy();
});

test('a client that breaks off midway harms nobody', async () => {
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(
    'POST /2015-03-31/functions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 1000\r\n\r\n{"half":',
  );
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.destroy();
  await expectHealthy();
});

test('a function that streams is not held back by a client that is gone before the first part', async () => {
  const code = `export const handler = awslambda.streamifyResponse(async (event, stream) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (let i = 0; i < 40; i++) {
      if (!stream.write(Buffer.alloc(100_000))) await new Promise((resolve) => stream.once('drain', resolve));
    }
    stream.end();
  });`;
  const functionName = await make(code);
  const { host } = await openUrl(functionName, { AuthType: 'NONE', InvokeMode: 'RESPONSE_STREAM' });
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
  const report = () => twin.reports.find((one) => one.functionName === functionName);
  const { status, durationMs } = await until('the report', report);
  assert.deepEqual([status, durationMs < 9_000], ['success', true], `${durationMs} ms`);
});

test('a function URL of the type AWS_IAM answers who signs, and nobody else', async () => {
  const FunctionName = await make(
    'export const handler = async ({ requestContext }) => requestContext.authorizer?.iam.accessKey ?? "nobody";',
  );
  const { host } = await openUrl(FunctionName, { AuthType: 'AWS_IAM' });
  const call = async (path: string, keys?: typeof CREDENTIALS) =>
    await send(path, {
      host,
      headers: keys ? await signedHeaders({ host, path }, { region: REGION, ...keys }) : {},
    });
  const unsigned = await call('/');
  assert.deepEqual([unsigned.status, unsigned.body], [403, '{"Message":"Forbidden"}']);
  const forged = await call('/', { ...CREDENTIALS, secretAccessKey: 'another' });
  assert.deepEqual([forged.status, forged.headers['x-amzn-errortype']], [403, 'InvalidSignatureException']);
  const signed = await call('/a%20b/c', CREDENTIALS);
  assert.deepEqual([signed.status, signed.body], [200, CREDENTIALS.accessKeyId]);
  await twin.client.send(new UpdateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE' }));
  assert.deepEqual([(await call('/')).body, (await call('/', CREDENTIALS)).body], ['nobody', 'nobody']);
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
    const name = await make(code);
    const { host } = await openUrl(name, { AuthType: 'NONE', InvokeMode });
    for (const [path, status] of STATUSES) {
      const before = twin.reports.length;
      const answer = await send(path, { host });
      const report = await until('the report', () => twin.reports[before]);
      assert.deepEqual([answer.status, report.httpStatus], [status, status], path);
    }
  });
}
