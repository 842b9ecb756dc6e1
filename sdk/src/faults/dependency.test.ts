import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FunctionProcess, type Outcome, type Span, until } from '../../testing/function-process.ts';
import { LeaseServer } from '../../testing/lease-server.ts';
import { startUpstream, type Upstream } from '../../testing/upstream.ts';
import type { Fault } from '../core/lease.ts';
import { isDependency, readTarget } from './dependency.ts';

const CLIENTS = ['fetch', 'fetch-request', 'http-keep-alive', 'http-default', 'http-no-agent', 'http-named'];
const PERSON = { headers: { 'x-upstack-unit': 'person-1' } };

interface Rig {
  server: LeaseServer;
  upstream: Upstream;
  fn: FunctionProcess;
}

function withRig(test: (rig: Rig) => Promise<void>): () => Promise<void> {
  return async () => {
    const server = await LeaseServer.start();
    const upstream = await startUpstream();
    const fn = new FunctionProcess(server.env);
    try {
      await test({ server, upstream, fn });
    } finally {
      await fn.stop();
      await upstream.stop();
      await server.stop();
    }
  };
}

/** The attributes of an invocation that does not call the dependency. */
async function probe(fn: FunctionProcess): Promise<Span['attributes']> {
  const requestId = `probe-${Math.random()}`;
  await fn.invoke('plain', PERSON, { requestId });
  return (await fn.span(requestId)).attributes;
}

function armed(fn: FunctionProcess): Promise<boolean> {
  return until('armed', async () => (await probe(fn))['upstack.run'] === 'run_1');
}

describe('a fault on a dependency', { concurrency: 2 }, () => {
  for (const warm of [false, true]) {
    it(
      `strikes every client, its sockets being ${warm ? 'warm' : 'cold'}`,
      withRig(async ({ server, upstream, fn }) => {
        const dependency = `localhost:${upstream.port}`;
        const call = (client: string, requestId: string) =>
          fn.invoke('call', { ...PERSON, client, url: upstream.url }, { requestId });
        if (warm) {
          for (const client of CLIENTS)
            assert.equal((await call(client, `warm-${client}`)).value?.status, 200);
        }
        let stage = 0;
        const strike = async (fault: Fault, check: (outcome: Outcome, client: string) => void) => {
          // A stage of its own, so that a span tells that this lease is the one that applies.
          server.arm({ fault: { ...fault, dependency }, stage: ++stage });
          await until('armed', async () => (await probe(fn))['upstack.stage'] === stage);
          await Promise.all(
            CLIENTS.map(async (client) => {
              const requestId = `stage-${stage}-${client}`;
              check(await call(client, requestId), client);
              const { attributes } = await fn.span(requestId);
              assert.equal(attributes['upstack.exposed'], true, requestId);
              assert.equal(attributes['upstack.injected'], fault.kind, requestId);
            }),
          );
        };
        const before = upstream.requests.length;
        const reached = before + CLIENTS.length;
        await strike({ kind: 'latency', ms: 800 }, (outcome, client) => {
          assert.equal(outcome.value?.status, 200, client);
          assert.ok(outcome.ms >= 799 && outcome.ms < 1590, `${client} took ${outcome.ms} ms`);
        });
        assert.equal(upstream.requests.length, reached, 'each reaches the upstream once');
        await strike({ kind: 'error', status: 503, message: 'down' }, (outcome, client) => {
          assert.equal(outcome.value?.status, 503, client);
          assert.equal(outcome.value?.body, '{"message":"down"}', client);
        });
        await strike({ kind: 'error', message: 'down' }, (outcome, client) => {
          assert.equal(outcome.error?.code, 'ECONNREFUSED', client);
        });
        assert.equal(upstream.requests.length, reached, 'an injected error never touches the upstream');
      }),
    );
  }

  it(
    'exposes control too, and nobody who does not call it',
    withRig(async ({ server, upstream, fn }) => {
      server.arm({ share: 0, fault: { kind: 'error', message: 'down', dependency: 'localhost' } });
      await armed(fn);
      const call = { ...PERSON, client: 'fetch', url: upstream.url };
      assert.equal((await fn.invoke('call', call, { requestId: 'calls' })).value?.status, 200);
      await fn.invoke('plain', PERSON, { requestId: 'does-not' });
      const { attributes } = await fn.span('calls');
      assert.partialDeepStrictEqual(attributes, { 'upstack.arm': 'control', 'upstack.exposed': true });
      assert.equal(attributes['upstack.injected'], undefined);
      assert.equal((await fn.span('does-not')).attributes['upstack.exposed'], undefined);
    }),
  );

  it(
    'leaves other hosts and ports alone, and the control room above all',
    withRig(async ({ server, upstream, fn }) => {
      const own = new URL(server.url).host;
      server.arm({ fault: { kind: 'error', message: 'down', dependency: '127.0.0.1' } });
      await armed(fn);
      const invoke = (url: string) => fn.invoke('call', { ...PERSON, client: 'http-default', url });
      assert.equal((await invoke(`http://127.0.0.1:${upstream.port}/`)).error?.code, 'ECONNREFUSED');
      assert.equal((await invoke(upstream.url)).value?.status, 200);
      assert.equal((await invoke(`http://${own}/leases/v1/checkout`)).value?.status, 401);
      assert.equal(server.sawTrace, false);
      server.withdraw();
      await until('the withdrawal came through all the same', async () => {
        return (await invoke(`http://127.0.0.1:${upstream.port}/`)).value?.status === 200;
      });
    }),
  );

  it(
    'lets the caller give up while it waits, and then never touches the upstream',
    withRig(async ({ server, upstream, fn }) => {
      server.arm({ fault: { kind: 'latency', ms: 2000, dependency: 'localhost' } });
      await armed(fn);
      for (const event of [{ late: false }, { late: true }]) {
        const outcome = await fn.invoke('impatient', { ...PERSON, ...event, url: upstream.url });
        assert.equal(outcome.error?.message, 'the caller gave up');
        assert.ok(outcome.ms < 1500, `gave up after ${outcome.ms} ms`);
      }
      assert.equal(upstream.connections, 0);
      const aborted = await fn.invoke('aborting', { ...PERSON, url: upstream.url });
      assert.equal(aborted.error?.name, 'TimeoutError');
      assert.ok(aborted.ms < 1500, `aborted after ${aborted.ms} ms`);
      server.withdraw();
      await until('no lease', async () => (await probe(fn))['upstack.run'] === undefined);
      assert.equal(upstream.requests.length, 0);
    }),
  );
});

describe('the name of a dependency', () => {
  it('is a host of any port, or a host and its port', () => {
    const shop = readTarget('ABC.lambda-url.localhost:4700', 80);
    assert.deepEqual(shop, { host: 'abc.lambda-url.localhost', port: 4700 });
    assert.equal(isDependency('abc.lambda-url.localhost', shop), true);
    assert.equal(isDependency('abc.lambda-url.localhost:4700', shop), true);
    assert.equal(isDependency('abc.lambda-url.localhost:4701', shop), false);
    assert.equal(isDependency('lambda-url.localhost', shop), false);
    assert.equal(isDependency('[::1]:80', readTarget('[::1]', 80)), true);
    assert.equal(isDependency('api.example.com:443', readTarget('api.example.com', 443)), true);
  });
});
