import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { entryOf, languageOf, runtimeOf, zipOf } from './package.ts';

test('the entry is index before handler, TypeScript before JavaScript', () => {
  assert.equal(entryOf(['handler.ts', 'index.js', 'index.ts', 'x.ts']), 'index.ts');
  assert.equal(entryOf(['handler.cjs', 'notes.md']), 'handler.cjs');
  assert.equal(entryOf(['main.ts']), undefined);
});

test('a directory is custom if it has a bootstrap, else Node if it has an entry, else Python', () => {
  assert.equal(languageOf('d', ['bootstrap', 'index.ts', 'app.py']), 'custom');
  assert.equal(languageOf('d', ['handler.mjs', 'app.py']), 'node');
  assert.equal(languageOf('d', ['readme.md', 'anything.py']), 'python');
  assert.throws(() => languageOf('shop', ['readme.md', 'main.ts']), {
    code: 'deploy.no-entry',
    message: /^shop has no index\..*no Python file and no bootstrap: add one/,
  });
});

test('the runtime is the newest of the language, or the requested one', () => {
  assert.equal(runtimeOf('node', undefined), 'nodejs24.x');
  assert.equal(runtimeOf('python', 'python3.12'), 'python3.12');
  assert.equal(runtimeOf('custom', undefined), 'provided.al2023');
  for (const [language, runtime] of [
    ['node', 'python3.12'],
    ['python', 'nodejs24.x'],
    ['custom', 'providence'],
  ] as const) {
    assert.throws(() => runtimeOf(language, runtime), { code: 'deploy.wrong-runtime' });
  }
});

test('the same files give the same bytes in any order, and unzip unchanged', () => {
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

test('a package above the quota is rejected', () => {
  const noise = crypto.getRandomValues(new Uint8Array(60_000));
  assert.throws(() => zipOf({ 'index.mjs': noise }, 50_000), {
    code: 'deploy.too-large',
    message: /0\.1 MB.* allowed/,
  });
  assert.ok(zipOf({ 'index.mjs': noise }).byteLength > 60_000);
});
