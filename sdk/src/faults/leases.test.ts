import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { best } from '../../../test/best.ts';
import { FunctionProcess, until } from '../../testing/function-process.ts';
import { claimsOf, LeaseServer, newKey, signToken } from '../../testing/lease-server.ts';

const PERSON = { headers: { 'x-upstack-unit': 'person-1' } };

/** Runs a test with a lease server and a function process of its own. */
function alone(
  test: (server: LeaseServer, fn: FunctionProcess) => Promise<void>,
  env: Record<string, string> = {},
) {
  return async () => {
    const server = await LeaseServer.start();
    const fn = new FunctionProcess({ ...server.env, ...env });
    try {
      await test(server, fn);
    } finally {
      await fn.stop();
      await server.stop();
    }
  };
}

async function isStruck(fn: FunctionProcess): Promise<boolean> {
  return (await fn.invoke('plain', PERSON)).error?.name === 'InjectedFault';
}

/** Invokes until a refresh that began after this call has been answered and taken in. */
async function refreshed(server: LeaseServer, fn: FunctionProcess): Promise<void> {
  const before = server.polls;
  await until('two more polls', async () => {
    await fn.invoke('plain', PERSON);
    return server.polls >= before + 2;
  });
}

describe('a lease', { concurrency: true }, () => {
  it(
    'is seen at invocations, and its withdrawal within half a second while armed',
    alone(async (server, fn) => {
      assert.equal(await isStruck(fn), false);
      const tookMs = await best(500, async () => {
        server.arm();
        await until('armed', () => isStruck(fn));
        server.withdraw();
        const from = performance.now();
        await until('disarmed', async () => !(await isStruck(fn)));
        return performance.now() - from;
      });
      assert.ok(tookMs <= 500, `the withdrawal took ${tookMs} ms`);
    }),
  );

  it(
    'ends by itself within its life when the control room dies',
    alone(async (server, fn) => {
      server.arm({ ttlMs: 1000 });
      await until('armed', () => isStruck(fn));
      await server.stop();
      const from = performance.now();
      await until('disarmed', async () => !(await isStruck(fn)));
      const tookMs = performance.now() - from;
      // Its life and what an invocation may take on a busy machine; a lease that was renewed lives twice as long.
      assert.ok(tookMs <= 1900, `it went on for ${tookMs} ms`);
    }),
  );

  it(
    'is not renewed by the same token again',
    alone(async (server, fn) => {
      const token = signToken(claimsOf({ ttlMs: 600 }), server.key.privateKey);
      server.tokens = () => [token];
      await until('armed', () => isStruck(fn));
      await until('disarmed', async () => !(await isStruck(fn)));
      await refreshed(server, fn);
      assert.equal(await isStruck(fn), false);
    }),
  );

  it(
    'strikes nothing after a freeze that outlasted it',
    alone(async (server, fn) => {
      server.arm({ ttlMs: 800 });
      await until('armed', () => isStruck(fn));
      fn.child.kill('SIGSTOP');
      const frozenAt = performance.now();
      await until('its life has passed', () => performance.now() - frozenAt > 1000);
      server.withdraw();
      const first = fn.invoke('plain', PERSON);
      fn.child.kill('SIGCONT');
      assert.deepEqual((await first).value, { statusCode: 200 });
      assert.equal(await isStruck(fn), false);
    }),
  );

  it(
    'does nothing under the kill switch, and is not even asked for',
    alone(
      async (server, fn) => {
        server.arm();
        const end = performance.now() + 1500;
        await until('a second and a half of invocations', async () => {
          assert.equal(await isStruck(fn), false);
          return performance.now() > end;
        });
        assert.equal(server.polls, 0);
      },
      { UPSTACK_FAULTS: 'off' },
    ),
  );

  it(
    'is asked for with the write key and without a trace',
    alone(async (server, fn) => {
      await refreshed(server, fn);
      assert.equal(server.lastHeaders.authorization, 'Bearer wk_test');
      assert.equal(server.lastHeaders.traceparent, undefined);
    }),
  );
});

describe('a lease that is not sound', { concurrency: true }, () => {
  const forgeries: [name: string, warning: string, forge: (own: LeaseServer) => string][] = [
    ['of another key', 'lease-signature', () => signToken(claimsOf(), newKey().privateKey)],
    ['tampered with', 'lease-signature', tampered],
    ['for another function', 'lease-function', (own) => token(own, { function: 'another' })],
    ['expired', 'lease-expired', (own) => token(own, { notAfter: Date.now() - 1 })],
  ];

  for (const [name, warning, forge] of forgeries) {
    it(
      `${name} strikes nothing, and is told of once`,
      alone(async (server, fn) => {
        server.tokens = () => [forge(server)];
        await until('three polls', async () => {
          assert.deepEqual((await fn.invoke('plain', PERSON)).value, { statusCode: 200 });
          return server.polls >= 3;
        });
        const told = fn.spans.flatMap((span) => span.attributes['upstack.warning'] ?? []);
        assert.deepEqual(told, [warning]);
        assert.ok(fn.spans.every((span) => span.attributes['upstack.run'] === undefined));
      }),
    );
  }
});

function token(own: LeaseServer, over: Parameters<typeof claimsOf>[0]): string {
  return signToken(claimsOf(over), own.key.privateKey);
}

/** A signature that was made for other claims. */
function tampered(own: LeaseServer): string {
  const [header, , signature] = token(own, { share: 0 }).split('.');
  return `${header}.${Buffer.from(JSON.stringify(claimsOf())).toString('base64url')}.${signature}`;
}
