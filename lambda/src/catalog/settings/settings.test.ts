import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LambdaError } from '../../errors.ts';
import { DEFAULTS, settingsFrom } from './settings.ts';

const GOOD = { Runtime: 'nodejs22.x', Handler: 'index.handler', Role: 'arn:aws:iam::000000000000:role/x' };

test('what is not said takes the base', () => {
  const settings = settingsFrom(GOOD, DEFAULTS);
  assert.deepEqual([settings.timeoutSeconds, settings.memoryMb, settings.environment], [3, 128, {}]);
  const changed = settingsFrom({ Timeout: 900, Environment: { Variables: { AB: 'c' } } }, settings);
  assert.deepEqual(
    [changed.timeoutSeconds, changed.handler, changed.environment],
    [900, 'index.handler', { AB: 'c' }],
  );
  assert.deepEqual(settingsFrom({ Environment: {} }, changed).environment, {});
  const larger = settingsFrom({ EphemeralStorage: { Size: 10_240 } }, changed);
  assert.deepEqual([changed.storageMb, larger.storageMb], [512, 10_240]);
  const snap = settingsFrom({ SnapStart: { ApplyOn: 'PublishedVersions' } }, changed);
  assert.deepEqual([changed.snapStart, snap.snapStart], ['None', 'PublishedVersions']);
});

test('what Lambda would refuse is refused with its reason', () => {
  const bad: [object, RegExp][] = [
    [{ Runtime: 'ruby3.3' }, /ruby3\.3 at 'runtime' .* \[nodejs18\.x, .*python3\.12, .*provided\.al2023\]/],
    [{ Handler: 'has space' }, /handler/],
    [{ Role: 'me' }, /role/],
    [{ Timeout: 0 }, /timeout.*greater than or equal to 1/],
    [{ Timeout: 901 }, /timeout.*less than or equal to 900/],
    [{ Timeout: 1.5 }, /timeout/],
    [{ MemorySize: 127 }, /memorySize/],
    [{ MemorySize: '128' }, /memorySize/],
    [{ EphemeralStorage: { Size: 511 } }, /ephemeralStorage\.size.*greater than or equal to 512/],
    [{ EphemeralStorage: { Size: 10_241 } }, /ephemeralStorage\.size.*less than or equal to 10240/],
    [{ EphemeralStorage: { Size: '512' } }, /ephemeralStorage\.size/],
    [{ EphemeralStorage: 512 }, /EphemeralStorage must be an object/],
    [{ Description: 'x'.repeat(257) }, /description/],
    [{ Architectures: ['mips'] }, /x86_64, arm64/],
    [{ Environment: { Variables: { 'A-B': 'c' } } }, /environment\.variables/],
    [{ Environment: { Variables: { AB: 7 } } }, /AB must be a string/],
    [{ Environment: { Variables: { AWS_REGION: 'x' } } }, /reserved keys.*AWS_REGION/],
    [{ Environment: { Variables: { AB: 'é'.repeat(2_048) } } }, /exceeded the 4KB limit/],
    [{ SnapStart: { ApplyOn: 'Always' } }, /snapStart\.applyOn.*\[PublishedVersions, None\]/],
  ];
  for (const [change, reason] of bad) {
    assert.throws(
      () => settingsFrom({ ...GOOD, ...change }, DEFAULTS),
      (error) => error instanceof LambdaError && error.status === 400 && reason.test(error.message),
      JSON.stringify(change),
    );
  }
});
