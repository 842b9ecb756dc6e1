import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { urlAnswer } from './answer.ts';
import { urlEvent } from './event.ts';

const INPUT = {
  urlId: 'abc',
  accountId: '123456789012',
  requestId: 'r1',
  traceId: 'Root=1-0-0',
  nowMs: Date.UTC(2026, 0, 31, 12, 0, 5),
};

function event(over: object) {
  const request = {
    method: 'POST',
    path: '/',
    query: '',
    headers: {},
    body: new Uint8Array(),
    sourceIp: '127.0.0.1',
    host: 'abc.lambda-url.localhost:4700',
    ...over,
  };
  // biome-ignore lint/suspicious/noExplicitAny: the event is JSON that tests look into.
  return urlEvent(request, INPUT) as any;
}

const answer = (value: unknown) => urlAnswer(Buffer.from(JSON.stringify(value)));

test('a request without body, query and cookies has none of their members', () => {
  const made = event({});
  for (const member of ['body', 'cookies', 'queryStringParameters']) assert.equal(member in made, false);
  assert.equal(made.isBase64Encoded, false);
  assert.equal(made.requestContext.time, '31/Jan/2026:12:00:05 +0000');
  assert.equal(made.headers['x-forwarded-for'], '127.0.0.1');
});

test('text stays text and everything else becomes base64', () => {
  const encoded = (type: string | undefined, more: object = {}) => {
    const headers = { ...(type === undefined ? {} : { 'content-type': type }), ...more };
    return event({ headers, body: Buffer.from('a=1') }).isBase64Encoded;
  };
  for (const type of [
    'text/plain',
    'application/json; charset=utf-8',
    'application/vnd.api+json',
    'application/xml',
  ]) {
    assert.equal(encoded(type), false, type);
  }
  for (const type of ['application/x-www-form-urlencoded', 'image/png', undefined]) {
    assert.equal(encoded(type), true, String(type));
  }
  assert.equal(encoded('application/json', { 'content-encoding': 'gzip' }), true);
});

test('a value that is no response object is the body', () => {
  assert.equal(Buffer.from(answer({ message: 'hi' }).body).toString(), '{"message":"hi"}');
  assert.equal(Buffer.from(answer('hi').body).toString(), 'hi');
  assert.equal(Buffer.from(answer(null).body).toString(), 'null');
  assert.equal(answer([1]).status, 200);
});

test('a response object decides status, headers, cookies and body', () => {
  const made = answer({
    statusCode: '404',
    headers: {
      'Content-Type': 'text/html',
      'X-Number': 7,
      'bad name': 'x',
      'Content-Length': '1',
      'X-Line': 'a\r\nb: c',
    },
    cookies: ['a=1'],
    body: { some: 'object' },
  });
  assert.equal(made.status, 404);
  assert.deepEqual(made.headers, {
    'content-type': 'text/html',
    'x-number': '7',
    'x-line': 'ab: c',
    'set-cookie': ['a=1'],
  });
  assert.equal(Buffer.from(made.body).toString(), '{"some":"object"}');
});

test('an impossible status or a payload that is no JSON is a bad gateway', () => {
  assert.equal(answer({ statusCode: 99 }).status, 502);
  assert.equal(answer({ statusCode: 'many' }).status, 502);
  assert.equal(urlAnswer(Buffer.from('{"half":')).status, 502);
});

test('who signed is told, nobody is anonymous', () => {
  assert.equal(event({}).requestContext.accountId, 'anonymous');
  const { accountId, authorizer } = event({ accessKeyId: 'AKIA' }).requestContext;
  assert.equal(accountId, '123456789012');
  assert.deepEqual(
    [authorizer.iam.accessKey, authorizer.iam.userArn],
    ['AKIA', 'arn:aws:iam::123456789012:root'],
  );
});

test('whatever a handler returns becomes an answer', () => {
  const hostile = fc.oneof(
    fc.jsonValue(),
    fc.constant({ toString: 1, valueOf: 1 }),
    fc.constant([{ toString: 1 }]),
    fc.string({ unit: 'binary' }),
  );
  const returned = fc.record({
    statusCode: fc.oneof(fc.constantFrom(200, '404', 599), hostile),
    headers: fc.oneof(fc.dictionary(fc.string(), hostile), hostile),
    cookies: fc.oneof(fc.array(hostile), hostile),
    body: hostile,
  });
  fc.assert(
    fc.property(returned, (value) => {
      const { status, headers } = urlAnswer(Buffer.from(JSON.stringify(value)));
      assert.ok(status >= 200 && status <= 599);
      for (const text of Object.values(headers).flat()) assert.doesNotMatch(text, /[\r\n\0]/);
    }),
  );
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  for (const member of ['"headers":{"x":', '"body":']) {
    const end = member.includes('{') ? '}}' : '}';
    const payload = Buffer.from(`{"statusCode":200,${member}${deep}${end}`);
    assert.ok([200, 502].includes(urlAnswer(payload).status), member);
  }
});
