/**
 * Every check, as `npm test` runs it: dashboard build, types, lint, then the tests, two files at a time. Those that time
 * control rooms and browsers run one file at a time. The last line counts them all.
 * Arguments narrow the tests to files whose path contains one of them; the dashboard is built then, too, if one of
 * them opens it in a browser.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const root = resolve(import.meta.dirname, '..');
const wanted = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0 };

type Check = [name: string, script: string, args: string[], directory: string];

const BUILD: Check = [
  'dashboard build',
  'node_modules/vite/bin/vite.js',
  ['build', '--logLevel', 'warn'],
  'web',
];
const CHECKS: Check[] = [
  BUILD,
  ['lock file', 'scripts/fix-lock.ts', ['--check'], '.'],
  ['types', 'node_modules/typescript/bin/tsc', ['--noEmit'], '.'],
  [
    'lint',
    'node_modules/@biomejs/biome/bin/biome',
    ['check', '--diagnostic-level=warn', '--error-on-warnings', '.'],
    '.',
  ],
];

/** These start whole control rooms or hold the clock against what they start: they get the machine for themselves. */
const ALONE = /^(test\/scenarios|test\/command|src\/signals\/store|src\/experiments\/(worker|kinds))/;

function check([name, script, args, directory]: Check): void {
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], {
    cwd: join(root, directory),
    stdio: 'inherit',
  });
  counts[status === 0 ? 'passed' : 'failed']++;
  console.log(`${status === 0 ? '✔' : '✖'} ${name}`);
}

async function runTests(files: string[], concurrency: number): Promise<void> {
  if (files.length === 0) return;
  const stream = run({ files: files.map((file) => join(root, file)), concurrency, timeout: 300_000 });
  stream.on('test:pass', ({ details, skip }) => {
    if (details.type === 'suite') return;
    counts[skip === undefined ? 'passed' : 'skipped']++;
  });
  stream.on('test:fail', ({ details }) => {
    // A suite fails with its tests, which are counted, or by itself, when a hook does.
    const { failureType } = details.error as { failureType?: string };
    if (details.type !== 'suite' || failureType === 'hookFailed') counts.failed++;
  });
  await new Promise<void>((done) => {
    stream.compose(new spec()).on('end', done).pipe(process.stdout, { end: false });
  });
}

const files = globSync('{src,sdk,lambda,web,examples,test,bench}/**/*.test.ts', { cwd: root })
  .filter((file) => !file.includes('node_modules'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();

if (wanted.length === 0) for (const entry of CHECKS) check(entry);
else if (files.some((file) => file.startsWith('test/scenarios'))) check(BUILD);
await runTests(
  files.filter((file) => !ALONE.test(file)),
  2,
);
await runTests(
  files.filter((file) => ALONE.test(file)),
  1,
);

const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
