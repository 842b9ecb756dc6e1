import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

/** Starts a process when no descriptor is left, and says what came of it. */
const PROGRAM = `
import { openSync } from 'node:fs';
import { EnvironmentProcess } from '${new URL('./process.ts', import.meta.url)}';
import { Reaper } from '${new URL('./reaper.ts', import.meta.url)}';

const how = { reaper: new Reaper(), sandbox: undefined };
const launch = { command: process.execPath, arguments: ['-e', '0'], channel: true, variables: {}, codeDirectory: '/', taskRoot: '/', temporary: '/tmp', sandboxed: false };
const said = [];
try {
  for (;;) openSync('/dev/null', 'r');
} catch {}
const started = EnvironmentProcess.start(launch, '127.0.0.1:1', how, {
  line() {},
  missing: (error) => said.push(error.code),
  exited: (code) => said.push(code),
});
await started.gone;
console.log(JSON.stringify(said));
process.exit();
`;

test('a process that cannot be started for want of descriptors is told, and nothing breaks', {
  skip: process.platform === 'win32' ? 'there are no limits of descriptors' : false,
}, async () => {
  const node = [process.execPath, '--input-type=module', '-e', PROGRAM];
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', 'ulimit -n 64; exec "$@"', 'sh', ...node]);
  assert.deepEqual(JSON.parse(stdout), ['EMFILE', 1]);
});
