import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Contents, endOf, type Host, hostsFile, inSandbox, placesOfPython } from './isolation.ts';

const host: Host = {
  bwrap: '/usr/bin/bwrap',
  setpriv: undefined,
  system: [{ path: '/usr' }, { path: '/lib', linkTo: 'usr/lib' }, { path: '/etc/ssl/certs' }],
  etc: [['hosts', '/data/sandbox/etc/hosts']],
  node: '/modules/node/bin/node',
  runtimeDirectory: '/modules/upstack/bootstrap',
};
const contents: Contents = { task: '/data/code/ab', layers: '/data/layers/cd', storageMb: 1_024 };
const program = { command: '/var/lang/bin/node', arguments: ['/var/runtime/node.mjs'] };

function argumentsOf(changes: Partial<Host> = {}, inside: Partial<Contents> = {}, variables = {}): string {
  const made = inSandbox({ ...host, ...changes }, { ...contents, ...inside }, program, variables);
  assert.equal(made.command, '/usr/bin/bwrap');
  return made.arguments.join(' ');
}

test("of this machine's files a sandbox shows what it was given and nothing else, all of it read-only", () => {
  const shown = [...argumentsOf().matchAll(/--(\S*bind\S*) (\S+) (\S+)/g)].map(([, ...parts]) =>
    parts.join(' '),
  );
  assert.deepEqual(shown, [
    'ro-bind-try /usr /usr',
    'ro-bind-try /etc/ssl/certs /etc/ssl/certs',
    'ro-bind /data/sandbox/etc/hosts /etc/hosts',
    'ro-bind /modules/node/bin/node /var/lang/bin/node',
    'ro-bind /modules/upstack/bootstrap /var/runtime',
    'ro-bind /data/code/ab /var/task',
    'ro-bind /data/layers/cd /opt',
  ]);
  const without = argumentsOf({}, { layers: undefined });
  assert.match(without, /--dir \/opt /, 'an empty directory');
  assert.doesNotMatch(without, /bind \S+ \/opt/);
});

test('a directory is made before what is in it, and the whole becomes read-only but /tmp of its size', () => {
  const text = argumentsOf();
  for (const order of [
    /--dir \/etc --dir \/etc\/ssl .*--ro-bind-try \/etc\/ssl\/certs/,
    /--dir \/var --dir \/var\/lang --dir \/var\/lang\/bin .*--ro-bind/,
    /--size 1073741824 --tmpfs \/tmp .*--remount-ro \/ /,
    /--dev \/dev --remount-ro \/dev /,
    /--symlink usr\/lib \/lib /,
    /--chdir \/var\/task -- \/var\/lang\/bin\/node \/var\/runtime\/node\.mjs$/,
  ]) {
    assert.match(text, order);
  }
});

test("nobody's rights are kept: root gives them up inside, others get a user namespace", () => {
  assert.match(argumentsOf(), /--unshare-user --uid 993 --gid 990/);
  const asRoot = argumentsOf({ setpriv: '/usr/bin/setpriv' });
  assert.doesNotMatch(asRoot, /--unshare-user/);
  assert.match(asRoot, /--cap-drop ALL --cap-add CAP_SETUID --cap-add CAP_SETGID /);
  assert.match(
    asRoot,
    /-- \/usr\/bin\/setpriv --reuid=993 --regid=990 --clear-groups --inh-caps=-all -- \/var\/lang\/bin\/node/,
  );
});

test('variables that the loader reads reach the function but not the programs that make its sandbox', () => {
  const variables = { LD_PRELOAD: '/var/task/a.so', COLOUR: 'green', GLIBC_TUNABLES: 'x=1' };
  const made = inSandbox({ ...host, setpriv: '/usr/bin/setpriv' }, contents, program, variables);
  assert.deepEqual(made.variables, { COLOUR: 'green' });
  assert.match(
    made.arguments.join(' '),
    /-- \/usr\/bin\/setpriv .*-- \/usr\/bin\/env LD_PRELOAD=\/var\/task\/a\.so GLIBC_TUNABLES=x=1 \/var\/lang\/bin\/node/,
  );
});

test('how bubblewrap ends says how the program ended', () => {
  const cases: [code: number | null, signal: string | null, end: object][] = [
    [0, null, { code: 0, signal: null }],
    [3, null, { code: 3, signal: null }],
    [128, null, { code: 128, signal: null }],
    [129, null, { code: 129, signal: null }],
    [137, null, { code: null, signal: 'SIGKILL' }],
    [134, null, { code: null, signal: 'SIGABRT' }],
    [139, null, { code: null, signal: 'SIGSEGV' }],
    [null, 'SIGKILL', { code: null, signal: 'SIGKILL' }],
  ];
  for (const [code, signal, end] of cases) assert.deepEqual(endOf(code, signal), end);
});

test("the names of hosts are this machine's and Lambda's", () => {
  const lambda = '127.0.0.1 sandbox.localdomain sandbox\n';
  assert.equal(hostsFile(''), lambda);
  assert.equal(hostsFile('10.0.0.7 database'), `10.0.0.7 database\n${lambda}`);
  assert.equal(hostsFile('10.0.0.7 database\n'), `10.0.0.7 database\n${lambda}`);
});

test('of a Python that is no part of the system its places are shown, but never those that hold something private', () => {
  const hidden = ['/home/me', '/srv/upstack/data/compute/sandbox'];
  const places = (python: string, real = python) => placesOfPython(python, real, hidden);
  assert.deepEqual(places('/home/me/.pyenv/shims/python3'), ['/home/me/.pyenv/shims', '/home/me/.pyenv']);
  assert.deepEqual(places('/home/me/venv/bin/python3', '/opt/python/3.14/bin/python3.14'), [
    '/home/me/venv/bin',
    '/opt/python/3.14',
  ]);
  assert.deepEqual(places('/home/me/bin/python3'), ['/home/me/bin', '/home/me/bin/python3']);
  assert.deepEqual(places('/home/python3'), ['/home/python3']);
  assert.deepEqual(places('/srv/bin/python3'), ['/srv/bin', '/srv/bin/python3']);
  assert.deepEqual(places('/bin/python3'), ['/bin', '/bin/python3']);
});
