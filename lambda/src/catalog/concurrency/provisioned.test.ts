import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AliasRecord } from '../records.ts';
import { provisionedVersions, sharesOf } from './provisioned.ts';

function alias(version: string, weights: Record<string, number>): AliasRecord {
  return { name: 'live', version, weights, description: '', revisionId: 'r' };
}

function config(qualifier: string, requested: number) {
  return { qualifier, requested, lastModified: '' };
}

test('an alias that splits its invocations splits what is provisioned, and nothing is lost or added', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, weight) => {
        const shares = sharesOf({ aliases: [alias('1', { '2': weight })] }, config('live', n));
        const [own = -1, added = -1] = [shares.get('1'), shares.get('2')];
        assert.equal(own + added, n);
        assert.ok(own >= 0 && added >= 0 && Math.abs(added - n * weight) <= 0.5);
      },
    ),
  );
});

test('a version gets what its own configuration says, an alias gives it to its version', () => {
  const record = {
    aliases: [alias('3', {})],
    provisioned: [config('1', 4), config('live', 2)],
  };
  assert.deepEqual(
    [...provisionedVersions(record)],
    [
      ['1', 4],
      ['3', 2],
    ],
  );
});
