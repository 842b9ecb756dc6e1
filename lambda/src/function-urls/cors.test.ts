import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preflightAnswer, withCors } from './cors.ts';

const ORIGIN = 'https://www.example.com';
const CORS = {
  AllowOrigins: [ORIGIN, 'http://localhost:60905'],
  AllowMethods: ['GET', 'POST'],
  AllowHeaders: ['x-one', 'x-two'],
  ExposeHeaders: ['date'],
  MaxAge: 300,
};

function request(method: string, headers: Record<string, string>) {
  const rest = { path: '/', query: '', body: new Uint8Array(), sourceIp: '127.0.0.1', host: 'a' };
  return { method, headers, ...rest };
}
const preflight = (origin: string) => request('OPTIONS', { origin, 'access-control-request-method': 'POST' });
const answer = (headers: Record<string, string>) => ({ status: 201, headers, body: Buffer.from('b') });

test('a preflight request of an allowed origin gets all that is configured', () => {
  assert.deepEqual(preflightAnswer(CORS, preflight(ORIGIN)), {
    status: 200,
    headers: {
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'x-one,x-two',
      'access-control-max-age': '300',
      vary: 'Origin',
    },
    body: Buffer.alloc(0),
  });
});

test('a preflight request of another origin gets nothing that would allow it', () => {
  const { headers } = preflightAnswer(CORS, preflight('https://evil.example')) ?? {};
  assert.deepEqual(headers, { vary: 'Origin' });
});

test('other requests are for the function', () => {
  assert.equal(preflightAnswer(CORS, request('OPTIONS', {})), undefined);
  assert.equal(preflightAnswer(CORS, request('OPTIONS', { origin: ORIGIN })), undefined);
  assert.equal(
    preflightAnswer(CORS, request('GET', { origin: ORIGIN, 'access-control-request-method': 'GET' })),
    undefined,
  );
});

test('its answers get the headers of an allowed origin, beside its own', () => {
  const own = { 'content-type': 'text/plain', 'access-control-allow-origin': 'own' };
  const made = withCors(CORS, request('GET', { origin: ORIGIN }), answer(own));
  assert.deepEqual(made, {
    status: 201,
    headers: {
      'content-type': 'text/plain',
      'access-control-allow-origin': ['own', ORIGIN],
      'access-control-expose-headers': 'date',
      vary: 'Origin',
    },
    body: Buffer.from('b'),
  });
  const plain = answer({ a: 'b' });
  assert.deepEqual(withCors(CORS, request('GET', {}), plain), plain);
  const other = withCors(CORS, request('GET', { origin: 'https://evil.example' }), plain);
  assert.deepEqual(other.headers, { a: 'b', vary: 'Origin' });
});

test('any origin is a star, with credentials its own name', () => {
  const any = { AllowOrigins: ['*'] };
  const headers = (cors: typeof any & { AllowCredentials?: boolean }) =>
    withCors(cors, request('GET', { origin: ORIGIN }), answer({})).headers;
  assert.deepEqual(headers(any), { 'access-control-allow-origin': '*' });
  assert.deepEqual(headers({ ...any, AllowCredentials: true }), {
    'access-control-allow-origin': ORIGIN,
    'access-control-allow-credentials': 'true',
    vary: 'Origin',
  });
});
