import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { test } from 'node:test';
import { exposures } from '../src/signals/exposures/table.ts';
import { TABLES } from '../src/signals/tables.ts';

/** The composition root: the only folder that names a concrete engine. */
const ROOT = 'compose';
/** The rings of ARCHITECTURE.md. A folder imports only from rings before its own. */
const RINGS = [
  ['lib'],
  ['stats', 'engines'],
  ['access', 'signals'],
  ['metrics', 'findings'],
  ['treatments'],
  ['experiments'],
  ['operate', 'improve', 'product'],
  ['doors'],
  [ROOT],
];
/** Where engines, clock, disk and network may be touched by any file. */
const SHELL = ['lib', 'engines', 'doors', ROOT];
/** A file may touch the world when its base name is one of these words or ends in one: `store.ts`, `lease-control.ts`. */
const ROLE = /(^|-)(store|queries|operations|worker|control)\.ts$/;
const IMPURE_LIB = [
  'lib/clock.ts',
  'lib/log.ts',
  'lib/process/supervisor.ts',
  'lib/spool/spool.ts',
  'lib/ids.ts',
];
const MAX_FILE_LINES = 500;
const SIGNALS_TABLE = new RegExp(`\\bupstack\\.(?:${[...Object.keys(TABLES), exposures.name].join('|')})\\b`);

const root = resolve(import.meta.dirname, '..');
const source = join(root, 'src');
const files = globSync('**/*.ts', { cwd: source })
  .map((file) => file.split(sep).join('/'))
  .filter((file) => !/\.test(ing)?\.ts$/.test(file))
  .sort();

interface Import {
  from: string;
  /** Path below src/, `node:…`, a package's name, or `../sdk/…` for what lies outside. */
  to: string;
  typeOnly: boolean;
}

const imports: Import[] = files.flatMap((from) => importsOf(from, readFileSync(join(source, from), 'utf8')));

function importsOf(from: string, text: string): Import[] {
  const statements = text.matchAll(
    /(?:^|\n)\s*(import|export)\s+(type\s)?[^'";]*?(?:from\s*)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g,
  );
  return [...statements].flatMap((match) => {
    const specifier = match[3] ?? match[4];
    if (specifier === undefined || (match[1] === 'export' && !match[0].includes('from'))) return [];
    const to = specifier.startsWith('.')
      ? relative(source, resolve(source, dirname(from), specifier))
          .split(sep)
          .join('/')
      : specifier;
    return [{ from, to, typeOnly: match[2] !== undefined }];
  });
}

const top = (path: string): string => path.split('/')[0] as string;
const ring = (path: string): number => RINGS.findIndex((folders) => folders.includes(top(path)));
const base = (path: string): string => path.split('/').at(-1) as string;
const inSource = ({ to }: Import): boolean => to.endsWith('.ts') && !to.startsWith('..');
const show = (offenders: Import[]): string[] => offenders.map(({ from, to }) => `${from} -> ${to}`);

test('every folder of src/ stands in a ring', () => {
  assert.deepEqual(
    files.filter((file) => ring(file) < 0),
    [],
  );
});

test('imports go down the rings', () => {
  const upward = imports.filter(
    (i) => inSource(i) && top(i.from) !== top(i.to) && ring(i.to) >= ring(i.from),
  );
  assert.deepEqual(show(upward), []);
});

test('only role files touch engines, node, the clock, the log and other role files', () => {
  const impure = imports.filter(
    (i) =>
      !SHELL.includes(top(i.from)) &&
      !ROLE.test(base(i.from)) &&
      !i.typeOnly &&
      (i.to.startsWith('node:') ||
        top(i.to) === 'engines' ||
        IMPURE_LIB.includes(i.to) ||
        (inSource(i) && ROLE.test(base(i.to)))),
  );
  assert.deepEqual(show(impure), []);
});

test('stats imports nothing but stats', () => {
  assert.deepEqual(show(imports.filter((i) => top(i.from) === 'stats' && top(i.to) !== 'stats')), []);
});

test('only the core of the SDK is imported from outside src/', () => {
  const outside = imports.filter((i) => i.to.startsWith('..') && !i.to.startsWith('../sdk/src/core/'));
  assert.deepEqual(show(outside.filter((i) => top(i.from) !== ROOT)), []);
});

test('the embedded twins are named by the composition root and their own engine alone', () => {
  const named = imports.filter(
    (i) =>
      /^engines\/\w+\/(embedded|twin|aws|postgres|clickhouse)\b/.test(i.to) &&
      !i.typeOnly &&
      top(i.from) !== 'engines',
  );
  assert.deepEqual(show(named.filter((i) => top(i.from) !== ROOT)), []);
});

test('tables of signals are read through src/signals alone', () => {
  const sources = globSync('{src,web,bench}/**/*.{ts,tsx}', { cwd: root })
    .map((file) => file.split(sep).join('/'))
    .filter((file) => !/\.test\.tsx?$|node_modules|\/dist\//.test(file));
  assert.ok(sources.includes('src/signals/source.ts'));
  assert.deepEqual(
    sources.filter((file) => SIGNALS_TABLE.test(readFileSync(join(root, file), 'utf8'))),
    [],
  );
});

test(`no file of src/ and sdk/ is longer than ${MAX_FILE_LINES} lines`, () => {
  const sdk = globSync('sdk/src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
  const lengths = [...files.map((file) => join('src', file)), ...sdk].map(
    (file) => [file, readFileSync(join(root, file), 'utf8').split('\n').length] as const,
  );
  assert.deepEqual(
    lengths.filter(([, lines]) => lines > MAX_FILE_LINES),
    [],
  );
});

test('the checks above would notice an offender', () => {
  const planted = importsOf(
    'stats/x.ts',
    "import { a } from '../doors/http/server.ts';\nimport type { B } from 'node:fs';",
  );
  assert.deepEqual(planted, [
    { from: 'stats/x.ts', to: 'doors/http/server.ts', typeOnly: false },
    { from: 'stats/x.ts', to: 'node:fs', typeOnly: true },
  ]);
  assert.ok(ring('doors/http/server.ts') > ring('stats/x.ts'));
  const roles = ['store.ts', 'lease-control.ts', 'restore.ts', 'worker-view.ts'].map((name) =>
    ROLE.test(name),
  );
  assert.deepEqual(roles, [true, true, false, false]);
  assert.match('SELECT 1 FROM upstack.logs', SIGNALS_TABLE);
  assert.doesNotMatch('upstack.logs_of_mine, upstack.unit', SIGNALS_TABLE);
});
