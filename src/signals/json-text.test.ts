import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonText } from './json-text.ts';

/** The same by hand: every text and key made well-formed. */
function repaired(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(repaired);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.toWellFormed(), repaired(member)]),
  );
}

test('half characters become U+FFFD in keys and texts, at any depth; all else stays', () => {
  const unit = fc.constantFrom('\ud83d', '\ude00', '😀', '\\', '\\ud83d', 'ud83d', '"', '\n', 'é', 'a');
  const value = fc.jsonValue({ stringUnit: unit });
  fc.assert(
    fc.property(value, (given) => {
      assert.deepEqual(JSON.parse(jsonText(given)), JSON.parse(JSON.stringify(repaired(given))));
    }),
    { numRuns: 500 },
  );
});
