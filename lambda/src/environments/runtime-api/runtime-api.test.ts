import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import {
  type Delivery,
  type OtherApi,
  type ResponseSink,
  RuntimeApi,
  type RuntimeApiEvents,
} from './runtime-api.ts';

const DELIVERY: Delivery = {
  requestId: 'r1',
  deadlineMs: 1_234,
  functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:cart',
  traceId: 'Root=1-0-0',
  clientContext: undefined,
  payload: Buffer.from('{"a":1}'),
};

const NO_OTHER: OtherApi = {
  handle: (connection, { target }) => connection.fail(404, 'NotFound', target),
  left() {},
};

let api: RuntimeApi;
let address: string;
let seen: unknown[][];
let begun: string[];

beforeEach(async () => {
  seen = [];
  begun = [];
  const events: RuntimeApiEvents = {
    arrived() {},
    ready: () => seen.push(['ready']),
    left: () => seen.push(['left']),
    response: (id, body) => seen.push(['response', id, body.toString()]),
    responseTooLarge: (id) => seen.push(['too large', id]),
    error: (id, body, type) => seen.push(['error', id, body.toString(), type]),
    initError: (body, type) => seen.push(['init error', body.toString(), type]),
    responding: (id) => begun.push(id),
  };
  api = new RuntimeApi(events, NO_OTHER);
  address = await api.listen();
});
afterEach(() => api.close());

/** A client on node:http: not ours, as an official one would be. */
function call(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  const [host, port] = address.split(':');
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      const sending = request(
        { host, port, method, path: `/2018-06-01/runtime${path}`, headers },
        (answer) => {
          let text = '';
          answer.on('data', (part) => {
            text += part;
          });
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
          );
        },
      );
      sending.on('error', reject);
      sending.end(body);
    },
  );
}

/** An invocation whose streamed response has begun: `socket` is where its parts are written. */
async function streaming(stream: ResponseSink) {
  await invoke({ ...DELIVERY, stream });
  const [host, port] = address.split(':');
  const socket = connect(Number(port), host);
  socket.write(
    'POST /2018-06-01/runtime/invocation/r1/response HTTP/1.1\r\nLambda-Runtime-Function-Response-Mode: streaming\r\nContent-Type: text/x\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  return { socket };
}

async function invoke(delivery: Delivery = DELIVERY) {
  const next = call('GET', '/invocation/next');
  await until(() => seen.some(([event]) => event === 'ready'));
  api.deliver(delivery);
  return await next;
}

test('an invocation is handed over with its headers and answered', async () => {
  const next = await invoke({ ...DELIVERY, clientContext: '{"custom":{}}' });
  assert.equal(next.status, 200);
  assert.equal(next.body, '{"a":1}');
  assert.equal(next.headers['lambda-runtime-aws-request-id'], 'r1');
  assert.equal(next.headers['lambda-runtime-deadline-ms'], '1234');
  assert.equal(next.headers['lambda-runtime-invoked-function-arn'], DELIVERY.functionArn);
  assert.equal(next.headers['lambda-runtime-trace-id'], 'Root=1-0-0');
  assert.equal(next.headers['lambda-runtime-client-context'], '{"custom":{}}');
  const answer = await call('POST', '/invocation/r1/response', '"done"');
  assert.equal(answer.status, 202);
  assert.deepEqual(seen.at(-1), ['response', 'r1', '"done"']);
  assert.deepEqual(begun, ['r1'], 'the beginning of the response was told');
});

test('errors carry their type', async () => {
  await invoke();
  const header = { 'lambda-runtime-function-error-type': 'Runtime.Broken' };
  assert.equal((await call('POST', '/invocation/r1/error', '{"errorType":"E"}', header)).status, 202);
  assert.deepEqual(seen.at(-1), ['error', 'r1', '{"errorType":"E"}', 'Runtime.Broken']);
  assert.equal((await call('POST', '/init/error', '{}', header)).status, 202);
  assert.deepEqual(seen.at(-1), ['init error', '{}', 'Runtime.Broken']);
});

test('a wrong or repeated id, a second question and unknown paths are refused', async () => {
  assert.equal((await call('POST', '/invocation/r1/response', '1')).status, 400);
  await invoke();
  const wrong = await call('POST', '/invocation/r2/response', '1');
  assert.deepEqual([wrong.status, JSON.parse(wrong.body).errorType], [400, 'InvalidRequestID']);
  const early = await call('GET', '/invocation/next');
  assert.deepEqual([early.status, JSON.parse(early.body).errorType], [403, 'InvalidStateTransition']);
  assert.equal((await call('POST', '/invocation/r1/response', '1')).status, 202);
  assert.equal((await call('POST', '/invocation/r1/response', '1')).status, 400);
  assert.equal((await call('GET', '/elsewhere')).status, 404);
  assert.equal((await call('GET', '/invocation/r1/response')).status, 405);
  assert.equal(seen.filter(([event]) => event === 'response').length, 1);
});

test('a question that comes just before the answer waits for it; only one may', async () => {
  await invoke();
  const asked = [call('GET', '/invocation/next'), call('GET', '/invocation/next')];
  assert.equal((await Promise.race(asked)).status, 403);
  assert.deepEqual(seen.at(-1), ['ready'], 'the first invocation has not ended');
  await call('POST', '/invocation/r1/response', '1');
  assert.deepEqual(seen.slice(-2), [['response', 'r1', '1'], ['ready']]);
  api.deliver({ ...DELIVERY, requestId: 'r2' });
  const answered = (await Promise.all(asked)).find(({ status }) => status === 200);
  assert.equal(answered?.headers['lambda-runtime-aws-request-id'], 'r2');
});

test('a web page is not handed events', async () => {
  const page = { origin: 'https://example.com' };
  assert.equal((await call('GET', '/invocation/next', undefined, page)).status, 403);
  assert.deepEqual(seen, []);
});

test('a response above 6 MB is refused, and the next invocation works', async () => {
  await invoke();
  const large = await call('POST', '/invocation/r1/response', 'x'.repeat(6_291_557));
  assert.deepEqual([large.status, JSON.parse(large.body).errorType], [413, 'RequestEntityTooLarge']);
  assert.deepEqual(seen.at(-1), ['too large', 'r1']);
  seen = [];
  assert.equal((await invoke({ ...DELIVERY, requestId: 'r2' })).status, 200);
});

test('answer and next question in one write are taken in their order', async () => {
  const [host, port] = address.split(':');
  const socket = connect(Number(port), host);
  let text = '';
  socket.on('data', (part) => {
    text += part;
  });
  socket.write('GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n');
  await until(() => seen.length === 1);
  api.deliver(DELIVERY);
  socket.write(
    'POST /2018-06-01/runtime/invocation/r1/response HTTP/1.1\r\ncontent-length: 1\r\n\r\n1GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n',
  );
  await until(() => seen.length === 3);
  assert.deepEqual(seen, [['ready'], ['response', 'r1', '1'], ['ready']]);
  api.deliver({ ...DELIVERY, requestId: 'r2' });
  await until(() => text.includes('r2'));
  assert.deepEqual(
    [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]),
    ['200', '202', '200'],
  );
  socket.destroy();
});

test('a streamed response that nobody takes in parts comes whole, and one that breaks off is an error', async () => {
  await invoke();
  const [host, port] = address.split(':');
  const socket = connect(Number(port), host);
  const described = Buffer.from('{"errorType":"Late"}').toString('base64');
  socket.write(
    `POST /2018-06-01/runtime/invocation/r1/response HTTP/1.1\r\nLambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\nLambda-Runtime-Function-Error-Type: Late\r\nLambda-Runtime-Function-Error-Body: ${described}\r\n\r\n`,
  );
  await until(() => seen.length === 2);
  assert.deepEqual(seen[1], ['error', 'r1', '{"errorType":"Late"}', 'Late']);
  socket.destroy();
});

test('a client that goes away while it waits is noticed', async () => {
  const [host, port] = address.split(':');
  const socket = connect(Number(port), host);
  socket.write('GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n');
  await until(() => seen.length === 1);
  socket.destroy();
  await until(() => seen.length === 2);
  assert.deepEqual(seen, [['ready'], ['left']]);
});

test('parts of a streamed response are handed on as they come, and hold the function back when there is no room', async () => {
  const parts: string[] = [];
  let makeRoom = () => {};
  const { socket } = await streaming((part, contentType) => {
    parts.push(`${contentType}: ${part}`);
    if (parts.length !== 2) return undefined;
    return new Promise<void>((resolve) => {
      makeRoom = resolve;
    });
  });
  socket.write('5\r\nfirst\r\n');
  await until(() => parts.length === 1);
  assert.equal(seen.length, 1, 'the response has not ended');
  socket.write('6\r\nsecond\r\n');
  await until(() => parts.length === 2);
  socket.write('5\r\nthird\r\n0\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(parts.length, 2, 'no room');
  makeRoom();
  await until(() => seen.length === 2);
  assert.deepEqual(parts, ['text/x: first', 'text/x: second', 'text/x: third']);
  assert.deepEqual(seen[1], ['response', 'r1', '']);
  socket.destroy();
});

test('a streamed response that breaks off is an error after its parts', async () => {
  const parts: string[] = [];
  const { socket } = await streaming((part) => {
    parts.push(String(part));
    return undefined;
  });
  const described = Buffer.from('{"errorType":"Late"}').toString('base64');
  socket.write(
    `4\r\nhalf\r\n0\r\nLambda-Runtime-Function-Error-Type: Late\r\nLambda-Runtime-Function-Error-Body: ${described}\r\n\r\n`,
  );
  await until(() => seen.length === 2);
  assert.deepEqual([parts, seen[1]], [['half'], ['error', 'r1', '{"errorType":"Late"}', 'Late']]);
  socket.destroy();
});
