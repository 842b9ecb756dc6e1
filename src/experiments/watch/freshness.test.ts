import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lateBecause, type Silence, silentBecause } from './freshness.ts';

const silent = (of: Partial<Silence>) =>
  silentBecause({ function: 'shop-payments', treatedMs: 60_000, silentMs: 100, delayMs: 0, ...of });

test('a look counts while the function is heard, and for a grace after the first lease', () => {
  assert.equal(silent({}), undefined);
  assert.equal(silent({ silentMs: 8_000 }), undefined);
  assert.equal(silent({ silentMs: 9_400 }), 'no telemetry of shop-payments for 9 s');
  assert.equal(silent({ silentMs: undefined }), 'no telemetry of shop-payments in the last 15 minutes');
  for (const treatedMs of [undefined, 0, 6_000]) {
    assert.equal(silent({ silentMs: undefined, treatedMs }), undefined);
  }
  assert.ok(silent({ silentMs: undefined, treatedMs: 6_001 }));
});

test('a latency fault may be silent for as long as it delays', () => {
  assert.equal(silent({ silentMs: 18_000, delayMs: 10_000 }), undefined);
  assert.equal(silent({ silentMs: 18_001, delayMs: 10_000 }), 'no telemetry of shop-payments for 18 s');
});

test('data that are late or were lost make a look count as missed', () => {
  assert.equal(lateBecause({ lagMs: 5_000, failures: 0 }), undefined);
  assert.equal(lateBecause({ lagMs: 5_100, failures: 0 }), 'the newest data are 5.1 s old');
  assert.equal(lateBecause({ lagMs: 0, failures: 1 }), 'telemetry was lost since the last look');
});
