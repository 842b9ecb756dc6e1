import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { verifyingKey, verifyJws } from '../lib/crypto/jws.ts';
import { type FaultTreatment, faultFrom } from './faults/fault.ts';
import { LEASE_TYPE, leaseClaims } from './faults/lease.ts';
import { LeaseControl } from './faults/lease-control.ts';
import { showTreatment } from './kinds.ts';
import type { Application } from './treatment.ts';

const APPLICATION: Application<FaultTreatment> = {
  run: 'run_1',
  experiment: 'slow-payments',
  function: 'shop-payments',
  treatment: { kind: 'fault', fault: { kind: 'latency', ms: 800 } },
  slice: { unit: 'session', share: 0.5 },
  salt: 'pepper',
  stage: 0,
  endsAtMs: 1_000_000 + 180_000,
};

test('a fault is checked field by field', () => {
  assert.deepEqual(faultFrom({ kind: 'latency', ms: 800 }), { fault: { kind: 'latency', ms: 800 } });
  assert.deepEqual(faultFrom({ kind: 'error' }), {
    fault: { kind: 'error', message: 'injected by Upstack' },
  });
  assert.deepEqual(
    faultFrom({ kind: 'error', status: 503, message: 'full', dependency: 'bank.example.com' }),
    {
      fault: { kind: 'error', message: 'full', status: 503, dependency: 'bank.example.com' },
    },
  );
  const wrong = (input: Parameters<typeof faultFrom>[0]) => {
    const result = faultFrom(input);
    return 'problem' in result ? result.problem.field : undefined;
  };
  assert.equal(wrong({ kind: 'latency' }), 'ms');
  assert.equal(wrong({ kind: 'latency', ms: 0.5 }), 'ms');
  assert.equal(wrong({ kind: 'latency', ms: 900_001 }), 'ms');
  assert.equal(wrong({ kind: 'latency', ms: 8, status: 500 }), 'status');
  assert.equal(wrong({ kind: 'error', ms: 8 }), 'ms');
  assert.equal(wrong({ kind: 'error', status: 200 }), 'status');
  assert.equal(wrong({ kind: 'error', message: '' }), 'message');
  assert.equal(wrong({ kind: 'error', dependency: 'http://x/' }), 'dependency');
});

test('a treatment is described in one line', () => {
  const say = (input: Parameters<typeof faultFrom>[0]) => {
    const result = faultFrom(input);
    assert.ok('fault' in result);
    const treatment: FaultTreatment = { kind: 'fault', fault: result.fault };
    const { kind, text, detail } = showTreatment(treatment, 'pay');
    assert.deepEqual([kind, detail], ['fault', result.fault]);
    return text;
  };
  assert.equal(say({ kind: 'latency', ms: 800 }), '800 ms latency in pay');
  assert.equal(say({ kind: 'error' }), 'error "injected by Upstack" in pay');
  assert.equal(
    say({ kind: 'error', status: 503, message: 'full', dependency: 'bank.example.com' }),
    'HTTP 503 "full" on calls of pay to bank.example.com',
  );
});

test('a lease lasts its time, a little more by the wall clock, and never past the end of the run', () => {
  const at = (nowMs: number) => leaseClaims(APPLICATION, { jti: 'x', nowMs, ttlMs: 5_000 });
  assert.deepEqual([at(1_000_000)?.ttlMs, at(1_000_000)?.notAfter], [5_000, 1_005_500]);
  assert.deepEqual([at(1_178_000)?.ttlMs, at(1_178_000)?.notAfter], [2_000, 1_180_000]);
  assert.equal(at(1_180_000), undefined);
  const greedy = leaseClaims(APPLICATION, { jti: 'x', nowMs: 1_000_000, ttlMs: 60_000 });
  assert.equal(greedy?.ttlMs, 10_000);
});

test('a lease is signed, given to its function only, and gone when withdrawn or not renewed', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  let nowMs = 1_000_000;
  const leases = new LeaseControl({
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url'),
    clock: { now: () => nowMs, monotonic: () => nowMs },
  });
  const verifier = verifyingKey(publicKey.export({ format: 'jwk' }).x as string);
  assert.deepEqual(leases.current('shop-payments'), []);

  await leases.apply(APPLICATION);
  const [token] = leases.current('shop-payments');
  const claims = verifyJws(token as string, LEASE_TYPE, verifier);
  assert.deepEqual(
    [claims?.run, claims?.function, claims?.fault, claims?.share, claims?.salt],
    ['run_1', 'shop-payments', { kind: 'latency', ms: 800 }, 0.5, 'pepper'],
  );
  assert.deepEqual(leases.current('shop-checkout'), []);

  nowMs += 4_999;
  assert.equal(leases.current('shop-payments').length, 1);
  nowMs += 1;
  assert.deepEqual(leases.current('shop-payments'), []);

  await leases.apply(APPLICATION);
  await leases.withdraw('run_other');
  assert.equal(leases.current('shop-payments').length, 1);
  const withdrawn = leases.withdraw('run_1');
  assert.deepEqual(leases.current('shop-payments'), [], 'at once, whoever waits for the promise');
  await withdrawn;

  await leases.apply(APPLICATION);
  await leases.widen({ ...APPLICATION, slice: { unit: 'session', share: 0.9 }, stage: 1 });
  const wider = verifyJws(leases.current('shop-payments')[0] as string, LEASE_TYPE, verifier);
  assert.deepEqual([wider?.share, wider?.stage], [0.9, 1]);

  await leases.apply({ ...APPLICATION, endsAtMs: nowMs });
  assert.deepEqual(leases.current('shop-payments'), []);
});
