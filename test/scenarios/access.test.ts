import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ControlRoom } from './control-room.ts';

let room: ControlRoom;
before(async () => {
  room = await ControlRoom.start();
});
after(() => room.stop());

/** A raw request, because `fetch` does not let us lie about Host. */
function ask(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(room.url);
  return new Promise((done, failed) => {
    const asked = request({ hostname, port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (data) => {
        body += data;
      });
      response.on('end', () => done({ status: response.statusCode as number, body }));
    });
    asked.on('error', failed);
    asked.end();
  });
}

const bearer = () => ({ authorization: `Bearer ${room.env.UPSTACK_TOKEN}` });

test('the API answers to the token and to nothing else', async () => {
  assert.equal((await ask('/api/overview', bearer())).status, 200);
  for (const headers of [
    {},
    { authorization: 'Bearer wrong' },
    { authorization: `Bearer ${room.env.UPSTACK_WRITE_KEY}` },
  ]) {
    const { status, body } = await ask('/api/overview', headers as Record<string, string>);
    assert.equal(status, 401);
    assert.match(JSON.parse(body).detail, /upstack env/);
  }
});

test('a foreign Host is refused at every door, and a foreign Origin at the API', async () => {
  const paths = [
    '/',
    '/api/overview',
    '/healthz',
    '/2015-03-31/functions',
    '/v1/batch',
    '/leases/v1/x',
    '/openapi.json',
  ];
  for (const path of paths) {
    assert.equal((await ask(path, { ...bearer(), host: 'evil.example' })).status, 403, path);
  }
  const { status } = await ask('/api/overview', { ...bearer(), origin: 'https://evil.example' });
  assert.equal(status, 403);
});

test('a dashboard session reads, and changes things only from our own page', async () => {
  const login = await fetch(`${room.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: room.env.UPSTACK_TOKEN }),
  });
  assert.equal(login.status, 204);
  const setCookie = login.headers.get('set-cookie') ?? '';
  assert.match(setCookie, /HttpOnly.*SameSite=Strict/);
  const cookie = setCookie.split(';')[0] as string;
  assert.equal((await ask('/api/overview', { cookie })).status, 200);
  const abort = '/api/experiments/runs/run_x/abort';
  assert.equal((await ask(abort, { cookie }, 'POST')).status, 403);
  assert.equal((await ask(abort, { cookie, 'x-upstack-request': '1' }, 'POST')).status, 404);
  assert.equal((await ask('/api/overview', { cookie: `${cookie}x` })).status, 401);
});

test('logging in with a wrong token is refused', async () => {
  const response = await fetch(`${room.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"token":"wrong"}',
  });
  assert.equal(response.status, 401);
  assert.equal(response.headers.get('set-cookie'), null);
});

test('the Lambda API refuses a wrong signature in AWS shape', async () => {
  const client = new LambdaClient({
    endpoint: room.url,
    region: 'us-east-1',
    credentials: { accessKeyId: room.env.AWS_ACCESS_KEY_ID as string, secretAccessKey: 'wrong' },
    maxAttempts: 1,
  });
  await assert.rejects(client.send(new ListFunctionsCommand({})), { name: 'InvalidSignatureException' });
  client.destroy();
});

test('ingestion and leases take the write key only', async () => {
  const { AWS_ACCESS_KEY_ID, UPSTACK_TOKEN, UPSTACK_WRITE_KEY } = room.env;
  for (const key of ['', AWS_ACCESS_KEY_ID, UPSTACK_TOKEN]) {
    const headers = { authorization: `Bearer ${key}` };
    assert.equal((await ask('/leases/v1/shop-payments', headers)).status, 401);
    assert.equal(
      (await ask('/v1/traces', { ...headers, 'content-type': 'application/json' }, 'POST')).status,
      401,
    );
  }
  const granted = await ask('/leases/v1/shop-payments', { authorization: `Bearer ${UPSTACK_WRITE_KEY}` });
  assert.deepEqual([granted.status, granted.body], [200, '{"leases":[]}']);
});

test('the key file is for its owner only', async () => {
  assert.equal((await stat(join(room.directory, 'keys.json'))).mode & 0o777, 0o600);
});

test('a second control room on the same data directory is refused in one line', async () => {
  const { code, stderr } = await room.upstack('start', '--data', room.directory, '--port', '0');
  assert.notEqual(code, 0);
  assert.match(stderr, /^upstack: .* is used by the control room at .*\n$/);
});
