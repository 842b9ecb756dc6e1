import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { entryOf, zipOf } from './package.ts';

test('the entry is index before handler, TypeScript before JavaScript', () => {
  assert.equal(entryOf('d', ['handler.ts', 'index.js', 'index.ts', 'x.ts']), 'index.ts');
  assert.equal(entryOf('d', ['handler.cjs', 'notes.md']), 'handler.cjs');
  assert.equal(entryOf('d', ['index.ts', 'other.mjs'], 'other.mjs'), 'other.mjs');
});

test('a directory without an entry, or without the wanted one, is a problem that says what to add', () => {
  assert.throws(() => entryOf('shop', ['readme.md']), {
    code: 'deploy.no-entry',
    message: /shop holds neither index/,
  });
  assert.throws(() => entryOf('shop', ['index.ts'], 'main.ts'), {
    code: 'deploy.no-entry',
    message: /no main\.ts/,
  });
});

test('the same files give the same bytes in any order, and come out as they went in', () => {
  const names = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8})?\.js$/);
  fc.assert(
    fc.property(fc.dictionary(names, fc.uint8Array({ maxLength: 200 }), { minKeys: 1 }), (files) => {
      const reversed = Object.fromEntries(Object.entries(files).reverse());
      const zip = zipOf(files);
      assert.deepEqual(zipOf(reversed), zip);
      const unzipped = unzipSync(zip);
      assert.deepEqual(Object.keys(unzipped), Object.keys(files).sort());
      for (const [name, bytes] of Object.entries(files))
        assert.deepEqual(unzipped[name], new Uint8Array(bytes));
    }),
    { numRuns: 50 },
  );
});

test('a package above the quota is refused', () => {
  const noise = crypto.getRandomValues(new Uint8Array(60_000));
  assert.throws(() => zipOf({ 'index.mjs': noise }, 50_000), {
    code: 'deploy.too-large',
    message: /0\.1 MB.* allowed/,
  });
  assert.ok(zipOf({ 'index.mjs': noise }).byteLength > 60_000);
});
