import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { GROUPS, type Ports } from '../../src/doors/cli/groups.ts';
import { best } from '../best.ts';

const root = resolve(import.meta.dirname, '..', '..');
const bin = join(root, 'bin', 'upstack.mjs');
const directory = mkdtempSync(join(tmpdir(), 'upstack-command-'));
after(() => rmSync(directory, { recursive: true }));

/** Nothing listens there: commands that ask a control room load what they need, and fail. */
const env = { ...process.env, UPSTACK_URL: 'http://127.0.0.1:9', UPSTACK_TOKEN: 'none' };

/** Arguments that let a command get as far as its request. */
const ARGUMENTS: Record<string, string[]> = {
  start: ['--help'],
  deploy: ['--help'],
  rollback: ['--help'],
  invoke: ['f'],
  experiment: ['list'],
  finding: ['list'],
  adoption: ['Event'],
  stats: ['counts', '--input', '{"stages":[{"control":30,"treatment":50,"share":0.5}]}'],
};
/** What a command loads besides commander and the folders of FOLDERS. */
const MORE: Record<string, { packages?: string[]; folders?: string[] }> = {
  stats: { packages: ['zod'], folders: ['src/stats'] },
};
const FOLDERS = ['src/access', 'src/doors', 'src/lib'];
const ENTRY = 'src/compose/main.ts';

/** Packages, and folders of the checkout, that a command line loads. */
function loadedBy(line: string[]): { packages: string[]; folders: string[] } {
  const list = join(directory, 'loaded');
  const preload = join(import.meta.dirname, 'loaded.ts');
  const { stderr } = spawnSync(process.execPath, ['--import', preload, join(root, ENTRY), ...line], {
    cwd: directory,
    env: { ...env, UPSTACK_LOADED: list },
    encoding: 'utf8',
  });
  assert.ok(existsSync(list), stderr);
  const paths = readFileSync(list, 'utf8')
    .split('\n')
    .map((url) => url.slice(`file://${root}/`.length))
    // Every command knows the paths of the API: those files hold nothing else.
    .filter((path) => !path.endsWith('/routes.ts') && path !== ENTRY);
  const parts = (pattern: RegExp) =>
    [...new Set(paths.flatMap((path) => pattern.exec(path)?.[1] ?? []))].sort();
  return {
    packages: parts(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/),
    folders: parts(/^((?:src|sdk|lambda|web)\/[^/]+)/),
  };
}

test('npm links the command of the checkout, and npx runs it without its cache or a registry', async () => {
  const linked = join(root, 'node_modules', '.bin', 'upstack');
  assert.ok(existsSync(linked), 'run "npm install": node_modules/.bin/upstack is not there');
  assert.equal(realpathSync(linked), bin);
  const cache = join(directory, 'cache');
  const { stdout } = await promisify(execFile)('npm', ['exec', '--offline', '--', 'upstack', '--version'], {
    cwd: join(root, 'examples'),
    env: { ...process.env, npm_config_cache: cache, npm_config_update_notifier: 'false' },
  });
  assert.equal(stdout.trim(), JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);
  assert.equal(existsSync(join(cache, '_npx')), false);
});

test('each group defines the commands that it names', async () => {
  const ports: Ports = { start: () => Promise.reject(), openTarget: () => Promise.reject() };
  for (const { names, load } of GROUPS) {
    const program = new Command();
    (await load())(program, ports);
    assert.deepEqual(program.commands.map((command) => command.name()).sort(), [...names].sort());
  }
});

test('a command loads nothing that it does not use', () => {
  assert.deepEqual(loadedBy(['--version']).packages, ['commander']);
  for (const name of GROUPS.flatMap(({ names }) => names)) {
    const { packages, folders } = loadedBy([name, ...(ARGUMENTS[name] ?? [])]);
    assert.deepEqual(packages, ['commander', ...(MORE[name]?.packages ?? [])], name);
    const may = [...FOLDERS, ...(MORE[name]?.folders ?? [])];
    assert.deepEqual(
      folders.filter((folder) => !may.includes(folder)),
      [],
      name,
    );
  }
});

test('help lists every command', () => {
  const { stdout } = spawnSync(process.execPath, [bin, '--help'], { encoding: 'utf8' });
  for (const name of GROUPS.flatMap(({ names }) => names))
    assert.match(stdout, new RegExp(`^  ${name}\\b`, 'm'));
});

test('a command that does not exist is bad input, with the nearest one', () => {
  const { status, stderr } = spawnSync(process.execPath, [bin, 'tpo'], { encoding: 'utf8' });
  assert.equal(status, 2);
  assert.match(stderr, /unknown command 'tpo' \(Did you mean top\?\)/);
});

test('the version takes at most 1.5 times as long as an empty program, and 150 ms', async (t) => {
  const milliseconds = (line: string[]) => {
    const since = performance.now();
    assert.equal(spawnSync(process.execPath, line).status, 0);
    return performance.now() - since;
  };
  milliseconds([bin, '--version']);
  const over = await best(0, async () => {
    const empty = Math.min(...[1, 2, 3].map(() => milliseconds(['-e', '0'])));
    const version = Math.min(...[1, 2, 3].map(() => milliseconds([bin, '--version'])));
    t.diagnostic(`node -e 0 ${empty.toFixed(0)} ms, upstack --version ${version.toFixed(0)} ms`);
    return version - (1.5 * empty + 150);
  });
  assert.ok(over <= 0, `${over.toFixed(0)} ms too slow`);
});
