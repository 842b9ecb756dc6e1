import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Runtime } from '@aws-sdk/client-lambda';
import { fits, KNOWN_RUNTIMES } from './layer-settings.ts';

test("the known runtimes are those of AWS's model", () => {
  assert.deepEqual([...KNOWN_RUNTIMES].sort(), Object.values(Runtime).sort());
});

test('a version fits when it says so of all that is asked', () => {
  const nothing = {
    description: '',
    licenseInfo: undefined,
    compatibleRuntimes: undefined,
    compatibleArchitectures: undefined,
  };
  const both = { ...nothing, compatibleRuntimes: ['nodejs22.x'], compatibleArchitectures: ['arm64'] };
  const all = { runtime: undefined, architecture: undefined };
  assert.ok(fits(nothing, all));
  assert.ok(fits(both, { runtime: 'nodejs22.x', architecture: 'arm64' }));
  assert.ok(!fits(nothing, { ...all, runtime: 'nodejs22.x' }));
  assert.ok(!fits(both, { ...all, runtime: 'nodejs20.x' }));
  assert.ok(!fits(both, { runtime: 'nodejs22.x', architecture: 'x86_64' }));
});
