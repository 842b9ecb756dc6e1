import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { best } from '../../../test/best.ts';
import { FunctionProcess, type Outcome, until } from '../../testing/function-process.ts';
import { LeaseServer } from '../../testing/lease-server.ts';
import { assign } from '../core/assignment.ts';
import type { Fault, LeaseClaims } from '../core/lease.ts';

/** Two people that the salt puts into different arms at half the traffic. */
const people = Array.from({ length: 50 }, (_, i) => `person-${i}`);
const TREATED = people.find((person) => assign('salt-1', person, 0.5) === 'treatment') as string;
const SPARED = people.find((person) => assign('salt-1', person, 0.5) === 'control') as string;

const from = (unit: string) => ({ headers: { 'X-Upstack-Unit': unit } });

describe('a fault on the function', { concurrency: true }, () => {
  /** Arms a function process of its own and waits until the first span says so. */
  async function armed(
    fault: Fault,
    over: Partial<LeaseClaims> = {},
  ): Promise<{ fn: FunctionProcess; done: () => Promise<void> }> {
    const own = await LeaseServer.start();
    const fn = new FunctionProcess(own.env);
    own.arm({ fault, share: 0.5, ...over });
    let probes = 0;
    await until('armed', async () => {
      const requestId = `probe-${probes++}`;
      await fn.invoke('plain', from(SPARED), { requestId });
      return (await fn.span(requestId)).attributes['upstack.run'] === 'run_1';
    });
    return {
      fn,
      done: async () => {
        await fn.stop();
        await own.stop();
      },
    };
  }

  async function both(fault: Fault, check: (fn: FunctionProcess, treated: Outcome, spared: Outcome) => void) {
    const { fn, done } = await armed(fault);
    try {
      const treated = await fn.invoke('plain', from(TREATED), { requestId: 'treated' });
      const spared = await fn.invoke('plain', from(SPARED), { requestId: 'spared' });
      check(fn, treated, spared);
      const [one, other] = [await fn.span('treated'), await fn.span('spared')];
      const shared = {
        'upstack.run': 'run_1',
        'upstack.experiment': 'payment-down',
        'upstack.stage': 1,
        'upstack.exposed': true,
      };
      assert.partialDeepStrictEqual(one.attributes, {
        ...shared,
        'upstack.unit': TREATED,
        'upstack.arm': 'treatment',
        'upstack.injected': fault.kind,
      });
      assert.partialDeepStrictEqual(other.attributes, {
        ...shared,
        'upstack.unit': SPARED,
        'upstack.arm': 'control',
      });
      assert.equal(other.attributes['upstack.injected'], undefined);
      return { treated: one, spared: other };
    } finally {
      await done();
    }
  }

  it('delays treatment and leaves control alone; both are exposed', async () => {
    await both({ kind: 'latency', ms: 900 }, (_fn, treated, spared) => {
      assert.deepEqual(treated.value, { statusCode: 200 });
      assert.ok(treated.ms >= 899, `only ${treated.ms} ms`);
      assert.deepEqual(spared.value, { statusCode: 200 });
      assert.ok(spared.ms < 850, `control took ${spared.ms} ms`);
    });
  });

  it('answers with the status in place of the handler', async () => {
    const spans = await both({ kind: 'error', status: 503, message: 'down' }, (_fn, treated, spared) => {
      assert.equal(treated.value?.statusCode, 503);
      assert.deepEqual(JSON.parse(treated.value?.body ?? ''), { message: 'down' });
      assert.deepEqual(spared.value, { statusCode: 200 });
    });
    assert.equal(spans.treated.status.code, 2);
    assert.equal(spans.treated.attributes['http.response.status_code'], 503);
    assert.equal(spans.spared.status.code, undefined);
  });

  it('rejects with an InjectedFault when it has no status', async () => {
    const spans = await both({ kind: 'error', message: 'out of order' }, (_fn, treated) => {
      assert.deepEqual([treated.error?.name, treated.error?.message], ['InjectedFault', 'out of order']);
    });
    assert.equal(spans.treated.attributes['error.type'], 'InjectedFault');
    assert.deepEqual(spans.treated.status, { code: 2, message: 'out of order' });
  });

  it('leaves a tenth of a second of the time limit to the handler', async () => {
    const { fn, done } = await armed({ kind: 'latency', ms: 60_000 });
    try {
      const tookMs = await best(400, async () => {
        const treated = await fn.invoke('plain', from(TREATED), { remainingMs: 400 });
        assert.deepEqual(treated.value, { statusCode: 200 });
        assert.ok(treated.ms > 200, `took ${treated.ms} ms`);
        return treated.ms;
      });
      assert.ok(tookMs < 400, `took ${tookMs} ms`);
    } finally {
      await done();
    }
  });

  it('wakes who still sleeps when the lease is withdrawn', async () => {
    const own = await LeaseServer.start();
    const fn = new FunctionProcess(own.env);
    try {
      own.arm({ fault: { kind: 'latency', ms: 20_000 } });
      let sleeper: Promise<Outcome> | undefined;
      let requestId = '';
      assert.ok(await fn.invoke('plain'));
      await until('an invocation sleeps', async () => {
        requestId = `sleeper-${Math.random()}`;
        const attempt = fn.invoke('plain', from(TREATED), { requestId });
        const first = await Promise.race([
          attempt,
          new Promise((resolve) => setTimeout(resolve, 400, 'asleep')),
        ]);
        if (first === 'asleep') sleeper = attempt;
        return sleeper !== undefined;
      });
      own.withdraw();
      const outcome = await sleeper;
      assert.deepEqual(outcome?.value, { statusCode: 200 });
      assert.ok((outcome?.ms ?? 0) < 5000, `slept ${outcome?.ms} ms`);
      assert.equal((await fn.span(requestId)).attributes['upstack.injected'], 'latency');
    } finally {
      await fn.stop();
      await own.stop();
    }
  });

  it('spares whoever has no unit of its kind, and takes the request id for the kind request', async () => {
    const { fn, done } = await armed({ kind: 'error', message: 'down' });
    try {
      assert.deepEqual((await fn.invoke('plain', { headers: {} }, { requestId: 'nobody' })).value, {
        statusCode: 200,
      });
      assert.equal((await fn.span('nobody')).attributes['upstack.run'], undefined);
    } finally {
      await done();
    }
    const each = await LeaseServer.start();
    const other = new FunctionProcess(each.env);
    try {
      each.arm({ unit: 'request', share: 0.5 });
      let i = 0;
      const seen = new Set<unknown>();
      await until('both arms', async () => {
        const requestId = `request-number-${i++}`;
        const outcome = await other.invoke('plain', {}, { requestId });
        const { attributes } = await other.span(requestId);
        if (attributes['upstack.run'] === undefined) return false;
        const arm = assign('salt-1', requestId, 0.5);
        assert.equal(attributes['upstack.unit'], requestId);
        assert.equal(attributes['upstack.arm'], arm);
        assert.equal(outcome.error?.name, arm === 'treatment' ? 'InjectedFault' : undefined);
        return seen.add(arm).size === 2;
      });
    } finally {
      await other.stop();
      await each.stop();
    }
  });
});
