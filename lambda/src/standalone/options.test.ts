import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { optionsFrom, UsageError } from './options.ts';

test('options have defaults, and paths become absolute', () => {
  assert.deepEqual(optionsFrom([]), { port: 4_701, directory: resolve('.lambda') });
  assert.deepEqual(optionsFrom(['--port=0', '--data', 'x/y']), { port: 0, directory: resolve('x/y') });
  assert.equal(optionsFrom(['--port', 'any', '-h']), undefined);
});

const REJECTED: [string[], RegExp][] = [
  [['--port', '70000'], /^--port must be a number from 0 to 65535, not "70000"$/],
  [['--port', 'http'], /not "http"$/],
  [['--port', '-1'], /see --help$/],
  [['--data', ''], /^--data must name a directory$/],
  [['--prot', '1'], /^Unknown option '--prot': see --help$/],
  [['start'], /^Unexpected argument 'start'.*: see --help$/],
  [['--data'], /^Option '--data <value>' argument missing: see --help$/],
];
for (const [line, message] of REJECTED) {
  test(`${line.join(' ')} is rejected in one line`, () => {
    assert.throws(
      () => optionsFrom(line),
      (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      },
    );
  });
}
