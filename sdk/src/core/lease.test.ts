import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type LeaseClaims, type LeaseFlaw, readLeaseClaims } from './lease.ts';

const NOW = 1_700_000_000_000;
const EXPECTED = { function: 'checkout', nowMs: NOW };

const SOUND: LeaseClaims = {
  jti: 'lease-1',
  run: 'run_1',
  experiment: 'payment-down',
  function: 'checkout',
  unit: 'person',
  salt: 'salt',
  stage: 0,
  share: 0.5,
  fault: { kind: 'error', message: 'down', status: 503, dependency: 'api.example.com:443' },
  ttlMs: 5000,
  notAfter: NOW + 1,
};

function flawOf(over: Record<string, unknown>): LeaseFlaw | undefined {
  const read = readLeaseClaims({ ...SOUND, ...over }, EXPECTED);
  return 'flaw' in read ? read.flaw : undefined;
}

describe('the claims of a lease', () => {
  it('are read when every one is sound', () => {
    assert.deepEqual(readLeaseClaims(SOUND, EXPECTED), { claims: SOUND });
    for (const share of [0, 1]) assert.equal(flawOf({ share }), undefined);
    for (const ttlMs of [1, 10_000]) assert.equal(flawOf({ ttlMs }), undefined);
    for (const unit of ['person', 'session', 'request']) assert.equal(flawOf({ unit }), undefined);
    assert.equal(flawOf({ fault: { kind: 'latency', ms: 0 } }), undefined);
    assert.equal(flawOf({ fault: { kind: 'latency', ms: 5, dependency: '[::1]:8080' } }), undefined);
    assert.equal(flawOf({ fault: { kind: 'error', message: '' } }), undefined);
    assert.equal(flawOf({ unknown: 'of the future' }), undefined);
  });

  it('are refused for the first flaw', () => {
    const flawed: [flaw: LeaseFlaw, over: Record<string, unknown>][] = [
      ['claims', { jti: '' }],
      ['claims', { run: 1 }],
      ['claims', { salt: undefined }],
      ['claims', { unit: 'tenant' }],
      ['claims', { stage: 1.5 }],
      ['claims', { stage: 256 }],
      ['claims', { notAfter: '2030' }],
      ['function', { function: 'another' }],
      ['ttl', { ttlMs: 0 }],
      ['ttl', { ttlMs: 10_001 }],
      ['ttl', { ttlMs: Number.NaN }],
      ['share', { share: -0.1 }],
      ['share', { share: 1.1 }],
      ['fault', { fault: undefined }],
      ['fault', { fault: { kind: 'crash' } }],
      ['fault', { fault: { kind: 'latency', ms: Number.POSITIVE_INFINITY } }],
      ['fault', { fault: { kind: 'error', message: 'x', status: 200 } }],
      ['fault', { fault: { kind: 'error', message: 'x', status: 503.5 } }],
      ['fault', { fault: { kind: 'error' } }],
      ['fault', { fault: { kind: 'error', message: 'x', dependency: 'http://example.com/' } }],
      ['fault', { fault: { kind: 'error', message: 'x', dependency: '' } }],
      ['expired', { notAfter: NOW }],
    ];
    for (const [flaw, over] of flawed) assert.equal(flawOf(over), flaw, JSON.stringify(over));
  });

  it('are refused and do not throw, whatever they are', () => {
    fc.assert(fc.property(fc.anything(), (claims) => assert.ok('flaw' in readLeaseClaims(claims, EXPECTED))));
  });
});
