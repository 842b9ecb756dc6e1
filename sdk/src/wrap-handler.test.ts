import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FunctionProcess, until } from '../testing/function-process.ts';
import { runScript } from '../testing/script.ts';

const PARENT = '0af7651916cd43dd8448eb211c80319c';
const HTTP = {
  headers: {
    traceparent: `00-${PARENT}-b7ad6b7169203331-01`,
    tracestate: 'a=b',
    baggage: 'upstack.unit=person%201',
  },
};

async function withFunction(
  test: (fn: FunctionProcess) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  const fn = new FunctionProcess(env);
  try {
    await test(fn);
  } finally {
    await fn.stop();
  }
}

describe('a wrapped handler', { concurrency: 2 }, () => {
  it('says the environment that it is configured for on every line', () =>
    withFunction(
      async (fn) => {
        await fn.invoke('status', { status: 200 }, { requestId: 'a' });
        await fn.span('a');
        assert.deepEqual([...new Set(fn.telemetry.map((line) => line.environment))], ['staging']);
      },
      { UPSTACK_ENVIRONMENT: 'staging' },
    ));

  it('leaves one span per invocation, with what OpenTelemetry and the control room ask for', () =>
    withFunction(async (fn) => {
      await fn.invoke('status', { ...HTTP, status: 503 }, { requestId: 'a' });
      await fn.invoke('throws', {}, { requestId: 'b' });
      await fn.invoke('throws-sync', {}, { requestId: 'c' });
      const a = await fn.span('a');
      assert.deepEqual(a.resource, {
        'service.name': 'checkout',
        'faas.name': 'checkout',
        'faas.version': '7',
        'faas.instance': 'instance-1',
        'cloud.provider': 'aws',
      });
      assert.deepEqual(a.attributes, {
        'faas.invocation_id': 'a',
        'faas.coldstart': true,
        'http.response.status_code': 503,
        'error.type': '503',
        'upstack.unit': 'person 1',
      });
      assert.partialDeepStrictEqual(a, {
        name: 'checkout',
        kind: 2,
        traceId: PARENT,
        parentSpanId: 'b7ad6b7169203331',
        traceState: 'a=b',
      });
      assert.equal(a.status.code, 2);
      assert.equal(fn.telemetry[0]?.environment, undefined);
      const started = Number(BigInt(a.startTimeUnixNano) / 1_000_000n);
      assert.ok(
        Math.abs(Date.now() - started) < 10_000 && BigInt(a.endTimeUnixNano) >= BigInt(a.startTimeUnixNano),
      );
      const b = await fn.span('b');
      assert.deepEqual(b.attributes, {
        'faas.invocation_id': 'b',
        'faas.coldstart': false,
        'error.type': 'RangeError',
      });
      assert.deepEqual(b.status, { code: 2, message: 'broken' });
      assert.notEqual(b.traceId, PARENT);
      assert.equal((await fn.span('c')).attributes['error.type'], 'TypeError');
    }));

  it('knows its unit while it runs, in concurrent invocations too', () =>
    withFunction(async (fn) => {
      const of = (unit: string) => ({ headers: { 'x-upstack-unit': unit }, ms: 30 });
      const outcomes = await Promise.all(['x', 'y', 'z'].map((unit) => fn.invoke('slow', of(unit))));
      assert.deepEqual(
        outcomes.map(({ value }) => value?.unit),
        ['x', 'y', 'z'],
      );
    }));

  it('gives no answer rather than a wrong one when invocations without headers overlap', () =>
    withFunction(async (fn) => {
      const first = fn.invoke('slow', { ms: 50 }, { requestId: 'first' });
      const second = fn.invoke('slow', { ms: 150 }, { requestId: 'second' });
      assert.equal((await first).value?.unit, undefined);
      assert.equal((await second).value?.unit, 'second');
      assert.equal((await fn.invoke('slow', { ms: 1 }, { requestId: 'third' })).value?.unit, 'third');
    }));

  it('takes the unit from the option and the name from the options', () =>
    withFunction(async (fn) => {
      const outcome = await fn.invoke('own-unit', { customer: 'c-1' }, { requestId: 'named' });
      assert.deepEqual(outcome.value, { unit: 'c-1' });
      const span = await fn.span('named');
      assert.equal(span.name, 'renamed');
      assert.equal(span.resource['service.name'], 'renamed');
      assert.equal(span.attributes['upstack.unit'], 'c-1');
    }));

  it('takes the unit that the caller says in its client context before all others, and keeps it to itself', () =>
    withFunction(async (fn) => {
      const of = (unit: unknown) => ({ clientContext: { custom: { 'upstack.unit': unit } } });
      assert.deepEqual((await fn.invoke('own-unit', { customer: 'c-1' }, of('called'))).value, {
        unit: 'called',
      });
      const outcomes = await Promise.all(['x', 'y'].map((unit) => fn.invoke('slow', { ms: 30 }, of(unit))));
      assert.deepEqual(
        outcomes.map(({ value }) => value?.unit),
        ['x', 'y'],
      );
      for (const bad of ['', 'x'.repeat(257), 7, null]) {
        assert.deepEqual((await fn.invoke('own-unit', { customer: 'c-1' }, of(bad))).value, { unit: 'c-1' });
      }
      for (const clientContext of [null, 'text', { custom: null }]) {
        const { value } = await fn.invoke('own-unit', { customer: 'c-1' }, { clientContext });
        assert.deepEqual(value, { unit: 'c-1' });
      }
    }));

  it('passes trace and unit on with every client, and disturbs nothing else', () =>
    withFunction(async (fn) => {
      const { startUpstream } = await import('../testing/upstream.ts');
      const upstream = await startUpstream();
      try {
        for (const client of [
          'fetch',
          'fetch-request',
          'http-keep-alive',
          'http-default',
          'http-no-agent',
          'http-named',
        ]) {
          const requestId = `call-${client}`;
          const event = {
            headers: { ...HTTP.headers, baggage: 'a=1,upstack.unit=p' },
            client,
            url: upstream.url,
            headersOut: { 'x-own': 'kept' },
          };
          const outcome = await fn.invoke('call', event, { requestId });
          assert.equal(outcome.value?.body, 'from upstream');
          const { spanId } = await fn.span(requestId);
          const received = upstream.requests.at(-1);
          assert.partialDeepStrictEqual(received?.headers, {
            traceparent: `00-${PARENT}-${spanId}-01`,
            tracestate: 'a=b',
            baggage: 'upstack.unit=p,a=1',
            'x-own': 'kept',
          });
          assert.equal(received?.body, client === 'fetch-request' ? 'hello' : '');
          const own = { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00`, baggage: 'mine=1' };
          await fn.invoke('call', { ...event, headersOut: own });
          const { headers = {} } = upstream.requests.at(-1) ?? {};
          assert.deepEqual(
            [headers.traceparent, headers.baggage, headers.tracestate],
            [own.traceparent, own.baggage, undefined],
            client,
          );
        }
      } finally {
        await upstream.stop();
      }
    }));

  it("returns the handler's own promise, and throws what it throws when it throws", async () => {
    const { stderr, code } = await runScript(`
      const own = Promise.resolve(1);
      let asked = 0;
      const lazy = { then(resolve) { asked++; resolve('late'); } };
      const broken = new Error('x');
      const failing = Promise.reject(broken);
      const check = (what, ok) => { if (!ok) { console.error('not so:', what); process.exitCode = 1; } };
      check('own promise', withUpstack(() => own)({}, {}) === own);
      check('own rejection', withUpstack(() => failing)({}, {}) === failing);
      await failing.catch((error) => check('same error', error === broken));
      check('sync value', withUpstack((event, context) => event + context)(1, 2) === 3);
      check('thenable', (await withUpstack(() => lazy)({}, {})) === 'late' && asked === 1);
      try { withUpstack(() => { throw broken; })({}, {}); check('throws', false); } catch (error) { check('same', error === broken); }
      try { withUpstack(() => { throw undefined; })({}, {}); check('throws', false); } catch (error) { check('undefined', error === undefined); }
      const streaming = Object.assign(() => {}, { [Symbol.for('aws.lambda.runtime.handler.streaming')]: 'response' });
      check('streaming handler', withUpstack(streaming) === streaming);
      check('two parameters', withUpstack(async () => {}).length === 2);
    `);
    assert.equal(`${stderr}${code}`, '0');
  });

  it('never throws into the customer, whatever the event, context, result or error', async () => {
    const { stderr, stdout, code } = await runScript(`
      const bomb = new Proxy({}, { get() { throw new Error('get'); }, ownKeys() { throw new Error('ownKeys'); }, has() { throw new Error('has'); } });
      const errorBomb = Object.defineProperty(new Error(), 'message', { get() { throw new Error('message'); } });
      const huge = { headers: Object.fromEntries(Array.from({ length: 50000 }, (_, i) => ['h' + i, 'v'])), body: 'x'.repeat(6e6) };
      const revoked = Proxy.revocable({}, {}); revoked.revoke();
      const events = [null, undefined, 'text', 7, 7n, Symbol('s'), [], huge, bomb, { headers: bomb }, { headers: { traceparent: {}, baggage: 'x='.repeat(1e6), cookie: [] } },
        { headers: {}, cookies: [bomb] }, { get headers() { throw 1; } }, revoked.proxy, { headers: { baggage: 'upstack.unit=%E0%A4%A' } }];
      const contexts = [undefined, null, bomb, {}, { awsRequestId: 5, getRemainingTimeInMillis() { throw 1; } }];
      const results = [undefined, null, bomb, { statusCode: 'x' }, { get statusCode() { throw 1; } }, 5n];
      let ran = 0;
      for (const event of events) for (const context of contexts) {
        for (const result of results) {
          const returned = withUpstack(() => { ran++; track('e', bomb); track(Symbol('s')); track('e', { bomb }); identify(null, null); track('e', {}, null); currentArm(bomb); return result; }, { unit: () => { throw 1; } })(event, context);
          if (returned !== result) console.error('another result');
          await Promise.race([returned === bomb ? 1 : returned, 1]);
        }
        await withUpstack(async () => { currentUnit(); throw errorBomb; })(event, context).catch((error) => { if (error !== errorBomb) console.error('another error'); });
      }
      if (ran !== events.length * contexts.length * results.length) console.error('not all ran', ran);
      if (currentUnit() !== undefined || currentArm() !== undefined) console.error('a unit outside');
    `);
    assert.equal(`${stderr}${code}`, '0');
    for (const line of stdout.split('\n')) if (line !== '') assert.ok(JSON.parse(line).upstack === 1);
  });
});

describe('product events', { concurrency: 2 }, () => {
  it('carry who, what, when, the trace and the unit, and a bad one harms no other', () =>
    withFunction(async (fn) => {
      await fn.invoke('track', HTTP, { requestId: 'a' });
      const events = await until('three events', () => (fn.events.length >= 3 ? fn.events : undefined));
      const context = { traceId: PARENT, upstack: { unit: 'person 1' } };
      assert.equal(events.length, 3);
      assert.partialDeepStrictEqual(events[0], {
        type: 'track',
        event: 'viewed',
        properties: { product: 'tea' },
        anonymousId: 'person 1',
        context,
      });
      assert.partialDeepStrictEqual(events[1], {
        type: 'track',
        event: 'paid',
        userId: 'user-1',
        anonymousId: 'device-1',
        context,
      });
      assert.partialDeepStrictEqual(events[2], {
        type: 'identify',
        userId: 'user-1',
        anonymousId: 'person 1',
        traits: { plan: 'free' },
      });
      for (const event of events) assert.equal(new Date(event.timestamp).toISOString(), event.timestamp);
      assert.equal((await fn.span('a')).attributes['upstack.warning'], 'message-unreadable');
    }));

  it('are unique, and the oldest are dropped and counted when there are too many', () =>
    withFunction(async (fn) => {
      await fn.invoke('track', { times: 3000 }, { requestId: 'a' });
      const span = await fn.span('a');
      await until('the newest', () => fn.events.some((event) => event.properties?.i === 2999));
      assert.equal(new Set(fn.events.map((event) => event.messageId)).size, fn.events.length);
      assert.equal(fn.events.length, 1024);
      assert.equal(span.attributes['upstack.dropped'], 3004 - 1024);
      assert.ok(fn.lines.every((line) => Buffer.byteLength(line) <= 65_536));
    }));

  it('are written outside an invocation too, and at the end of the process however it comes', async () => {
    const ends: [end: string, code: number | null, signal: string | null][] = [
      ['', 0, null],
      ['process.exit(0);', 0, null],
      [`process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);`, null, 'SIGTERM'],
    ];
    for (const [end, expectedCode, expectedSignal] of ends) {
      const script = `withUpstack(async () => {}); track('outside', { a: 1 }); ${end}`;
      const { stdout, code, signal } = await runScript(script);
      const [event] = JSON.parse(stdout).events;
      assert.partialDeepStrictEqual(event, { event: 'outside', properties: { a: 1 } });
      assert.equal(event.context.upstack, undefined);
      assert.ok(event.anonymousId);
      assert.deepEqual([code, signal], [expectedCode, expectedSignal]);
    }
  });

  it('do no harm when nobody reads standard output', async () => {
    const { stderr, code } = await runScript(
      `
      const handler = withUpstack(async () => { track('e', { text: 'x'.repeat(10000) }); return 'fine'; });
      for (let i = 0; i < 50; i++) {
        if ((await handler({}, {})) !== 'fine') console.error('not fine');
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      `,
      { closedOutput: true },
    );
    assert.equal(`${stderr}${code}`, '0');
  });
});
