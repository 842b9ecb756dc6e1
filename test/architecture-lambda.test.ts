/** The twin of AWS Lambda and SQS stands alone: what lambda/ may import, and who may import lambda/. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { test } from 'node:test';

const MAX_FOLDER_FILES = 12;
/** Opens the control room's state engine for the tests of queues and events. */
const STATE = 'lambda/test/support/state.ts';
/** The twin's only export. */
const EXPORT = 'lambda/src/lambda.ts';

const root = resolve(import.meta.dirname, '..');
const isTest = (file: string) => /\.test\.(ts|tsx|mjs)$/.test(file) || file.startsWith('lambda/test/');

interface Import {
  from: string;
  /** Path below the repository, or as written for packages and `node:`. */
  to: string;
}

function importsOf(from: string, text: string): Import[] {
  const specifiers = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\b(?:import|new URL|resolve)\(\s*['"](\.[^'"]+)['"]/g,
  );
  return [...specifiers].map(([, named, bare, dynamic]) => {
    const specifier = (named ?? bare ?? dynamic) as string;
    if (!specifier.startsWith('.')) return { from, to: specifier };
    const path = relative(root, resolve(root, dirname(from), specifier));
    return { from, to: path.split(sep).join('/') };
  });
}

function filesOf(pattern: string): string[] {
  return globSync(pattern, { cwd: root })
    .map((file) => file.split(sep).join('/'))
    .filter((file) => !/node_modules|\/dist\/|\/test\/applications\/\w+\//.test(file))
    .sort();
}

const read = (file: string) => importsOf(file, readFileSync(join(root, file), 'utf8'));
const lambda = filesOf('lambda/**/*.{ts,mjs}').flatMap(read);
const others = filesOf('{src,sdk,web}/**/*.{ts,tsx,mjs}').flatMap(read);
const show = (imports: Import[]) => imports.map(({ from, to }) => `${from} -> ${to}`);
/** Of this repository, as opposed to packages and node. */
const isOwn = ({ to }: Import) =>
  to.startsWith('@upstack/') || to.startsWith('..') || existsSync(join(root, to));

test('lambda/ imports packages and itself, and its tests the state engine through one file', () => {
  const outward = lambda.filter((i) => isOwn(i) && !i.to.startsWith('lambda/'));
  assert.deepEqual(show(outward.filter(({ from }) => from !== STATE)), []);
  assert.ok(outward.length > 0, 'the check would see an import of src/');
});

test('the code of lambda/ imports none of its tests', () => {
  const offenders = lambda.filter(({ from, to }) => !isTest(from) && isTest(to));
  assert.deepEqual(show(offenders), []);
});

test('only the composition root imports the twin, through its one export', () => {
  const inward = others.filter((i) => i.to.startsWith('lambda/') || i.to === '@upstack/lambda-twin');
  const isRoot = (file: string) => file.startsWith('src/compose/');
  assert.deepEqual(show(inward.filter(({ from, to }) => !isRoot(from) || to !== EXPORT)), []);
  assert.ok(inward.length > 0);
});

test('imports in lambda/ make no cycle, types included', () => {
  const next = new Map<string, string[]>();
  for (const { from, to } of lambda) next.set(from, [...(next.get(from) ?? []), to]);
  assert.deepEqual(cycleIn(next), []);
});

test(`no folder of lambda/ holds more than ${MAX_FOLDER_FILES} source files`, () => {
  const folders = new Map<string, number>();
  for (const file of filesOf('lambda/**/*.{ts,mjs,py}').filter((file) => !/\.test\.ts$/.test(file))) {
    folders.set(dirname(file), (folders.get(dirname(file)) ?? 0) + 1);
  }
  assert.deepEqual(
    [...folders].filter(([, count]) => count > MAX_FOLDER_FILES),
    [],
  );
});

test('the checks above would notice an offender', () => {
  const text = "import { a } from '../../src/a.ts';\nexport type { B } from './b.ts';\nimport('./c.ts');";
  const found = importsOf('lambda/src/x.ts', text).map(({ to }) => to);
  assert.deepEqual(found, ['src/a.ts', 'lambda/src/b.ts', 'lambda/src/c.ts']);
  assert.deepEqual(cycleIn(new Map(Object.entries({ a: ['b'], b: ['c', 'd'], d: ['b'] }))), ['b', 'd', 'b']);
});

/** One cycle as a path that ends where it begins; empty where there is none. */
function cycleIn(next: Map<string, string[]>): string[] {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): string[] => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return [];
    path.push(node);
    for (const one of next.get(node) ?? []) {
      const found = visit(one);
      if (found.length > 0) return found;
    }
    path.pop();
    done.add(node);
    return [];
  };
  for (const node of next.keys()) {
    const found = visit(node);
    if (found.length > 0) return found;
  }
  return [];
}
