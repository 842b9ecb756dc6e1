/** Which connections are served below the web server, and that nobody can tell by the answers. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { BusyPoll } from '../invocations/busy-poll.ts';
import { invokeSocket } from './invoke-socket.ts';
import { answerWith } from './raw.ts';
import { type LambdaServer, listen } from './server.ts';
import { SocketRouter } from './sockets.ts';

const LIMIT_BYTES = 1_000;
const PATH = '/2015-03-31/functions/cart/invocations';
let server: LambdaServer;
/** Ends the wait of requests whose body says `wait`. */
let proceed: (() => void) | undefined;
/** Called with each request that comes to the web server. */
let seen: (colour: string) => void = () => {};

before(async () => {
  const invocations = invokeSocket({
    async answer({ path, query, headers, body }) {
      const text = Buffer.from(body).toString('utf8');
      if (text === 'wait') await new Promise<void>((resolve) => (proceed = resolve));
      if (text === 'break') throw new Error('unforeseen');
      const answer = Buffer.from(JSON.stringify({ path, query, colour: headers['x-colour'], text }));
      return { status: 200, headers: { 'x-amz-executed-version': '1' }, body: answer };
    },
    limit: { bytes: LIMIT_BYTES, refusal: () => ({ status: 413, headers: {}, body: Buffer.from('{}') }) },
    busyPoll: new BusyPoll(),
    isOwnHost: (host) => host === '127.0.0.1',
  });
  server = await listen(0);
  server.serve({
    sockets(of) {
      const router = new SocketRouter(of, [invocations]);
      return () => router.close();
    },
    // The web server: it knows two paths.
    handle({ method, url = '', headers }, response) {
      const isInvocation = method === 'POST' && /^\/2015-03-31\/functions\/[^/]+\/invocations$/.test(url);
      if (url !== '/web' && !isInvocation) return false;
      const colour = headers['x-colour'];
      if (!isInvocation) seen(String(colour));
      const body = Buffer.from(JSON.stringify({ web: isInvocation ? 'invocations' : (colour ?? null) }));
      void answerWith(response, { status: 200, headers: {}, body });
      return true;
    },
  });
});
after(() => server.close());

function post(body: string, more: { target?: string; host?: string; headers?: string } = {}): string {
  const { target = PATH, host = '127.0.0.1', headers = '' } = more;
  const type = 'content-type: application/json\r\n';
  return `POST ${target} HTTP/1.1\r\nHost: ${host}\r\n${type}${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

interface Answer {
  status: number;
  head: string;
  value: Record<string, unknown>;
}

/** A connection on which each `next` is the next answer; undefined when the server has ended it. */
class Client {
  readonly socket: Socket;
  #received = '';
  #ended = false;
  #wake = () => {};

  constructor() {
    this.socket = connect(server.port, '127.0.0.1');
    this.socket.on('data', (bytes) => {
      this.#received += bytes.toString('latin1');
      this.#wake();
    });
    for (const event of ['end', 'error', 'close']) {
      this.socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }

  async next(): Promise<Answer | undefined> {
    for (;;) {
      const end = this.#received.indexOf('\r\n\r\n');
      const head = this.#received.slice(0, Math.max(end, 0));
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (end >= 0 && this.#received.length >= end + 4 + length) {
        const text = Buffer.from(this.#received.slice(end + 4, end + 4 + length), 'latin1').toString('utf8');
        this.#received = this.#received.slice(end + 4 + length);
        const status = Number(/^HTTP\/1.1 (\d+)/.exec(head)?.[1]);
        return { status, head, value: text === '' ? {} : JSON.parse(text) };
      }
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async ask(...parts: string[]): Promise<Answer | undefined> {
    for (const part of parts) {
      this.socket.write(part);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return await this.next();
  }
}

async function withClient(use: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client();
  try {
    await use(client);
  } finally {
    client.socket.destroy();
  }
}

test('a client that has said its last gets its answer, and the end', async () => {
  await withClient(async (client) => {
    const closed = new Promise((resolve) => client.socket.once('end', resolve));
    client.socket.end(post('"last"'));
    assert.equal((await client.next())?.value.text, '"last"');
    await closed;
  });
});

test('a connection of which the client has had enough is ended', async () => {
  for (const before of ['', post('1')]) {
    await withClient(async (client) => {
      const closed = new Promise((resolve) => client.socket.once('close', resolve));
      if (before !== '') await client.ask(before);
      client.socket.end();
      await closed;
    });
  }
});

test('invocations on one connection are answered one after the other, with what they sent', async () => {
  await withClient(async (client) => {
    for (const text of ['1', '"ü"', '']) {
      const answer = await client.ask(
        post(text, { target: `${PATH}?Qualifier=live`, headers: 'X-Colour: green\r\n' }),
      );
      assert.deepEqual(answer?.value, { path: PATH, query: 'Qualifier=live', colour: 'green', text });
      assert.match(answer.head, /^HTTP\/1.1 200 OK\r\nx-amz-executed-version: 1\r\n/);
      assert.match(answer.head, /\r\ndate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/);
      assert.match(answer.head, /connection: keep-alive$/);
    }
  });
});

test('a connection goes over to the web server with its first other request, and stays there', async () => {
  await withClient(async (client) => {
    assert.equal((await client.ask(post('1')))?.value.text, '1');
    const get = 'GET /web HTTP/1.1\r\nhost: 127.0.0.1\r\nx-colour: blue\r\n\r\n';
    assert.deepEqual((await client.ask(get))?.value, { web: 'blue' });
    assert.deepEqual((await client.ask(get.slice(0, 20), get.slice(20)))?.value, { web: 'blue' });
    assert.deepEqual((await client.ask(post('1')))?.value, { web: 'invocations' });
  });
});

test('a body may come in any pieces; a head that does is the web server’s', async () => {
  await withClient(async (client) => {
    const bytes = post('[1,2,3]');
    const end = bytes.indexOf('\r\n\r\n') + 4;
    for (const at of [end, end + 1, end + 6]) {
      assert.equal((await client.ask(bytes.slice(0, at), bytes.slice(at)))?.value.text, '[1,2,3]');
    }
    const chunked = `POST ${PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\n`;
    assert.equal((await client.ask(chunked, '3\r\nabc\r\n', '0\r\n\r\n'))?.value.text, 'abc');
    assert.deepEqual((await client.ask(bytes.slice(0, 9), bytes.slice(9)))?.value, { web: 'invocations' });
  });
});

test('other hosts, other paths and other methods are the web server’s', async () => {
  const others: [string, number][] = [
    [post('1', { host: 'evil.example' }), 403],
    [post('1', { host: 'a.lambda-url.localhost' }), 200],
    [post('1', { target: '/2015-03-31/functions/a/b/invocations' }), 404],
    [post('1', { target: `${PATH}x` }), 404],
    [post('1').replace('POST', 'PUT'), 404],
  ];
  for (const [request, status] of others) {
    await withClient(async (client) => {
      const answer = await client.ask(request);
      assert.equal(answer?.status, status, request);
      assert.equal(answer.value.path, undefined);
    });
  }
});

test('a client that sends on before it has its answer gets that answer, and the connection ends', async () => {
  for (const second of [post('2'), 'GET /web HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n', 'nonsense']) {
    await withClient(async (client) => {
      const answer = await client.ask(post('1') + second);
      assert.equal(answer?.value.text, '1');
      assert.match(answer.head, /connection: close$/);
      assert.equal(await client.next(), undefined);
    });
  }
  await withClient(async (client) => {
    client.socket.write(post('wait'));
    while (!proceed) await new Promise((resolve) => setTimeout(resolve, 5));
    client.socket.write(post('2'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    proceed();
    const answer = await client.next();
    assert.equal(answer?.value.text, 'wait');
    assert.equal(await client.next(), undefined);
  });
});

test('what comes after the last answer of a connection is nobody’s request', async () => {
  const reached: string[] = [];
  const web = (path: string) => `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-colour: ${path}\r\n\r\n`;
  const chunked = `POST ${PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\n`;
  const tooLarge = post('x'.repeat(LIMIT_BYTES + 1));
  const half = post('x'.repeat(500)).slice(0, -500);
  const lastOnes: [string, number][] = [
    [post('1', { headers: 'Connection: close\r\n' }), 200],
    [`${chunked}no size\r\n`, 400],
    [post('1') + post('2'), 200],
    [tooLarge + post('2'), 413],
    [tooLarge + half, 413],
  ];
  seen = (colour) => reached.push(colour);
  for (const [last, status] of lastOnes) {
    await withClient(async (client) => {
      const answer = await client.ask(last);
      assert.deepEqual([answer?.status, /connection: close$/.test(answer?.head ?? '')], [status, true]);
      client.socket.write(web('/web'));
      client.socket.write(web('/web'));
      assert.equal(await client.next(), undefined);
    });
  }
  assert.deepEqual(reached, []);
});

test('an answer that fails is a 500, and the connection goes on', async () => {
  await withClient(async (client) => {
    const answer = await client.ask(post('break'));
    assert.deepEqual([answer?.status, answer?.value], [500, { Message: 'Internal Server Error' }]);
    assert.equal((await client.ask(post('1')))?.value.text, '1');
  });
});

test('connection: close and 100-continue are honoured', async () => {
  await withClient(async (client) => {
    const [head = '', body = ''] = post('"late"', { headers: 'Expect: 100-continue\r\n' }).split('\r\n\r\n');
    assert.equal((await client.ask(`${head}\r\n\r\n`))?.status, 100);
    assert.equal((await client.ask(body))?.value.text, '"late"');
    const last = await client.ask(post('1', { headers: 'Connection: close\r\n' }));
    assert.match(last?.head ?? '', /connection: close$/);
    assert.equal(await client.next(), undefined);
  });
});

test('what is too large is refused and the connection goes on; far more than that ends it', async () => {
  await withClient(async (client) => {
    assert.equal((await client.ask(post('x'.repeat(LIMIT_BYTES + 1))))?.status, 413);
    assert.equal((await client.ask(post('x'.repeat(LIMIT_BYTES))))?.status, 200);
    client.socket.write(`POST ${PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100000000\r\n\r\n`);
    client.socket.setMaxListeners(100);
    for (let i = 0; i < 80 && !client.socket.destroyed; i++) {
      if (!client.socket.write(Buffer.alloc(1_000_000))) {
        await Promise.race(
          ['drain', 'close'].map((event) => new Promise((resolve) => client.socket.once(event, resolve))),
        );
      }
    }
    assert.equal(await client.next(), undefined);
  });
});

test('a request that cannot be read is refused, and the connection ends', async () => {
  await withClient(async (client) => {
    const answer = await client.ask(post('1', { headers: 'content-length: 7\r\n' }));
    assert.deepEqual(
      [answer?.status, answer?.value],
      [400, { Message: 'the header content-length came twice' }],
    );
    assert.equal(await client.next(), undefined);
  });
});

test('a client that is gone before its answer harms nobody, and closing the server ends idle connections', async () => {
  await withClient(async (client) => {
    proceed = undefined;
    client.socket.write(post('wait'));
    while (!proceed) await new Promise((resolve) => setTimeout(resolve, 5));
    client.socket.destroy();
    (proceed as () => void)();
  });
  const idle = new Client();
  assert.equal((await idle.ask(post('1')))?.status, 200);
  const fresh = new Client();
  await new Promise((resolve) => fresh.socket.once('connect', resolve));
  await server.close();
  assert.deepEqual([await idle.next(), await fresh.next()], [undefined, undefined]);
});
