import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HttpSyntaxError, type ParsedRequest, RequestParser } from './http-parser.ts';

const LIMITS = { headBytes: 2_048, bodyBytes: 4_096, streamBytes: 10_000 };

interface Sent {
  method: 'GET' | 'POST';
  path: string;
  headers: [string, string][];
  body: Uint8Array;
  chunks: number[] | undefined;
}

function parse(pieces: Uint8Array[], limits = LIMITS): { requests: ParsedRequest[]; continues: number } {
  const requests: ParsedRequest[] = [];
  let continues = 0;
  const parser = new RequestParser(limits, {
    request: (request) => requests.push(request),
    expectsContinue: () => continues++,
    trailer: (name) => name.startsWith('lambda-runtime-'),
  });
  // Each piece is a copy that is overwritten afterwards: the parser must not rely on it.
  for (const piece of pieces) parser.push(Buffer.from(piece));
  return { requests, continues };
}

function bytesOf({ method, path, headers, body, chunks }: Sent): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = `${method} ${path} HTTP/1.1\r\n${lines}`;
  if (chunks === undefined) {
    return Buffer.concat([Buffer.from(`${head}content-length: ${body.length}\r\n\r\n`), body]);
  }
  const parts = [Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`)];
  for (let from = 0, i = 0; from < body.length; i++) {
    const size = Math.min(chunks[i % chunks.length] as number, body.length - from);
    parts.push(
      Buffer.from(`${size.toString(16)}\r\n`),
      Buffer.from(body.subarray(from, from + size)),
      Buffer.from('\r\n'),
    );
    from += size;
  }
  return Buffer.concat([...parts, Buffer.from('0\r\nLambda-Runtime-Function-Error-Type: Broken\r\n\r\n')]);
}

const token = fc.stringMatching(/^x-[a-z]{1,12}$/);
const sent: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom('GET' as const, 'POST' as const),
  path: fc.stringMatching(/^\/[a-z0-9/]{0,40}$/),
  headers: fc.uniqueArray(fc.tuple(token, fc.stringMatching(/^[!-~]{1,30}$/)), {
    maxLength: 4,
    selector: ([name]) => name,
  }),
  body: fc.uint8Array({ maxLength: 300 }),
  chunks: fc.option(fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 3 }), {
    nil: undefined,
  }),
});

test('any requests, pipelined and split anywhere, come out as they were sent', () => {
  fc.assert(
    fc.property(
      fc.array(sent, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(10_000), { maxLength: 12 }),
      (requests, cuts) => {
        const stream = Buffer.concat(requests.map(bytesOf));
        const places = [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].sort((a, b) => a - b);
        const pieces = [0, ...places].map((from, i) => stream.subarray(from, places[i] ?? stream.length));
        const { requests: parsed } = parse(pieces);
        assert.equal(parsed.length, requests.length);
        for (const [i, request] of requests.entries()) {
          const got = parsed[i] as ParsedRequest;
          assert.equal(got.method, request.method);
          assert.equal(got.target, request.path);
          assert.deepEqual(new Uint8Array(got.body), request.body);
          for (const [name, value] of request.headers) assert.equal(got.headers[name], value);
          const trailer = got.headers['lambda-runtime-function-error-type'];
          assert.equal(trailer, request.chunks === undefined ? undefined : 'Broken');
          assert.equal(got.keepAlive, true);
        }
      },
    ),
    { numRuns: 300, seed: 1 },
  );
});

test('any bytes either parse or are refused, and never hang or crash', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), (pieces) => {
      try {
        parse(pieces);
      } catch (error) {
        assert.ok(error instanceof HttpSyntaxError, String(error));
      }
    }),
    { numRuns: 300, seed: 2 },
  );
});

test('one byte at a time is enough', () => {
  const stream = Buffer.from('POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\n\r\n');
  const { requests } = parse([...stream].map((byte) => Uint8Array.of(byte)));
  assert.deepEqual(
    requests.map((r) => [r.method, r.target, r.body.toString()]),
    [
      ['POST', '/a', 'abc'],
      ['GET', '/b', ''],
    ],
  );
});

test('ambiguous or malformed requests are refused', () => {
  const bad: [number, string][] = [
    [400, 'POST /a HTTP/1.1\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n'],
    [400, 'POST /a HTTP/1.1\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\n'],
    [400, 'POST /a HTTP/1.1\r\ncontent-length: -1\r\n\r\n'],
    [400, 'POST /a HTTP/1.1\r\ncontent-length: 0x10\r\n\r\n'],
    [501, 'POST /a HTTP/1.1\r\ntransfer-encoding: gzip, chunked\r\n\r\n'],
    [400, 'POST /a HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n'],
    [400, 'POST /a HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\nabc\r\n'],
    [400, 'GET  /a HTTP/1.1\r\n\r\n'],
    [400, 'GET /a HTTP/2\r\n\r\n'],
    [400, 'GET http://elsewhere/ HTTP/1.1\r\n\r\n'],
    [400, 'GET /a HTTP/1.1\r\nname : value\r\n\r\n'],
    [400, 'GET /a HTTP/1.1\r\n folded: value\r\n\r\n'],
    [400, 'GET /a HTTP/1.1\r\nname: a\nb: c\r\n\r\n'],
    [431, `GET /a HTTP/1.1\r\nname: ${'x'.repeat(3_000)}`],
    [431, `POST /a HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n${'0'.repeat(400)}`],
  ];
  for (const [status, text] of bad) {
    assert.throws(
      () => parse([Buffer.from(text)]),
      (error) => error instanceof HttpSyntaxError && error.status === status,
      text,
    );
  }
});

test('a body above the limit is dropped and said to be too large, and the next request is read', () => {
  const large = bytesOf({
    method: 'POST',
    path: '/a',
    headers: [],
    body: new Uint8Array(5_000),
    chunks: undefined,
  });
  const { requests } = parse([
    large.subarray(0, 3_000),
    large.subarray(3_000),
    Buffer.from('GET /b HTTP/1.1\r\n\r\n'),
  ]);
  assert.deepEqual(
    requests.map((r) => [r.target, r.tooLarge, r.body.length]),
    [
      ['/a', true, 0],
      ['/b', false, 0],
    ],
  );
});

test('100-continue and connection: close are understood', () => {
  const { requests, continues } = parse([
    Buffer.from(
      'POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\nConnection: Close\r\n\r\nx',
    ),
  ]);
  assert.equal(continues, 1);
  assert.equal(requests[0]?.keepAlive, false);
});

test('a body that is handed on comes out in its parts, however it is split, up to a limit of its own', () => {
  const pushed = (size: number, pieceBytes: number) => {
    const parts: Buffer[] = [];
    const requests: ParsedRequest[] = [];
    const parser = new RequestParser(LIMITS, {
      request: (request) => requests.push(request),
      expectsContinue: () => {},
      body: ({ method, target }) =>
        method === 'POST' && target === '/stream' ? (part) => parts.push(Buffer.from(part)) : undefined,
    });
    const bytes = bytesOf({
      method: 'POST',
      path: '/stream',
      headers: [],
      body: Buffer.alloc(size, 'ab'),
      chunks: [700, 1, 33],
    });
    for (let from = 0; from < bytes.length; from += pieceBytes) {
      parser.push(Buffer.from(bytes.subarray(from, from + pieceBytes)));
    }
    return { whole: Buffer.concat(parts), requests };
  };
  for (const pieceBytes of [1, 7, 1_000, 100_000]) {
    const { whole, requests } = pushed(9_000, pieceBytes);
    assert.deepEqual(whole, Buffer.alloc(9_000, 'ab'));
    assert.deepEqual(
      requests.map(({ streamed, tooLarge, body }) => [streamed, tooLarge, body.length]),
      [[true, false, 0]],
    );
  }
  assert.equal(pushed(10_001, 1_000).requests[0]?.tooLarge, true);
});
