/** Keeps the house tidy. Each rule is in `tidy/`; what it still allows, with the reason, in `tidy/exceptions.ts`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cycles } from './tidy/cycles.ts';
import { EXCEPTIONS } from './tidy/exceptions.ts';
import { KIND_NAMES, kinds } from './tidy/kinds.ts';
import { paths } from './tidy/paths.ts';
import { phrases } from './tidy/phrases.ts';
import { purity } from './tidy/purity.ts';
import { folders, functions, lengths } from './tidy/sizes.ts';
import { checkout, type Offence, type Rule, type SourceFile } from './tidy/source.ts';

const files = checkout();
const RULES: Rule[] = [cycles, functions, folders, lengths, purity, kinds(KIND_NAMES), phrases, paths];

/** `lambda/** so long` covers `lambda/src/x.ts so long`. */
function covers(exception: string, at: string): boolean {
  const [before, behind] = exception.split('**');
  if (behind === undefined) return exception === at;
  return at.startsWith(before as string) && at.endsWith(behind);
}

for (const rule of RULES) {
  test(rule.name, () => {
    const offences = rule.find(files);
    const allowed = EXCEPTIONS[rule.name] ?? [];
    const bad = offences.filter(({ at }) => !allowed.some((exception) => covers(exception.at, at)));
    assert.deepEqual(
      bad.map(({ says }) => says),
      [],
    );
    const unneeded = allowed.filter((exception) => !offences.some(({ at }) => covers(exception.at, at)));
    assert.deepEqual(unneeded, [], 'mended: remove these from test/tidy/exceptions.ts');
  });
}

test('every exception belongs to a rule', () => {
  const known = RULES.map(({ name }) => name);
  assert.deepEqual(
    Object.keys(EXCEPTIONS).filter((name) => !known.includes(name)),
    [],
  );
});

const file = (path: string, text: string): SourceFile => ({ path, text });
const lines = (count: number) => 'x();\n'.repeat(count);
const ats = (offences: Offence[]) => offences.map(({ at }) => at);

test('a cycle of types, of a re-export or of a lazy import is found', () => {
  const planted = [
    file('src/a.ts', "import type { B } from './b.ts';"),
    file('src/b.ts', "export * from './deep/c.ts';"),
    file('src/deep/c.ts', "const d = () => import('../d.ts'); // import '../e.ts'"),
    file('src/d.ts', "let a: import('./a.ts').A;"),
    file('src/e.ts', "import './a.ts';"),
  ];
  assert.deepEqual(ats(cycles.find(planted)), ['src/a.ts src/b.ts src/d.ts src/deep/c.ts']);
});

test('a long function is found by its name, in code but not in tests', () => {
  const text = `class A { run() { ${lines(70)} } #b() { ${lines(68)} } }\nconst c = [() => {${lines(70)}}];`;
  const planted = [
    file('src/a.ts', text),
    file('src/a.test.ts', text),
    file('web/src/page.tsx', `export function Page() {\n${lines(67)}return <p>function</p>;\n}`),
    file('web/src/long.tsx', `export const Long = () => {\n${lines(68)}return <p />;\n};`),
  ];
  assert.deepEqual(ats(functions.find(planted)), ['src/a.ts A.run', 'src/a.ts c', 'web/src/long.tsx Long']);
});

test('a crowded folder and a long file are found', () => {
  const many = (length: number, folder: string, suffix: string) =>
    Array.from({ length }, (_, i) => file(`${folder}/${i}${suffix}`, ''));
  const crowded = [many(13, 'src/a', '.ts'), many(21, 'test/b', '.test.ts'), many(13, 'test/c', '.ts')];
  assert.deepEqual(ats(folders.find(crowded.flat())), ['src/a', 'test/b', 'test/c']);
  const fine = [many(12, 'src/a', '.ts'), many(30, 'src/a', '.test.ts'), many(20, 'test/b', '.test.ts')];
  assert.deepEqual(ats(folders.find(fine.flat())), []);
  const long = [file('src/a.ts', lines(501)), file('a.test.ts', lines(600)), file('a.css', lines(601))];
  assert.deepEqual(ats(lengths.find(long)), ['src/a.ts', 'a.css']);
});

test('what touches the world is found in pure files alone', () => {
  const text = `
    const a = Date.now() + Math.random(), b = process.env.HOME, c = new Date(), d = performance.now();
    const wait = setTimeout; fetch('x'); // crypto.randomUUID()
    const fine = { fetch: 1, at: new Date(0), text: 'Date.now()' }; fine.fetch; query.fetch();`;
  const found = ats(purity.find([file('src/metrics/a.ts', text)])).map((at) =>
    at.split(' ').slice(1).join(' '),
  );
  assert.deepEqual(found.sort(), [
    'Date.now',
    'Math.random',
    'fetch',
    'new Date()',
    'performance.now',
    'process.env',
    'setTimeout',
  ]);
  const shell = ['src/lib/a.ts', 'src/metrics/a-store.ts', 'src/metrics/a.test.ts', 'lambda/src/a.ts'];
  assert.deepEqual(purity.find(shell.map((path) => file(path, text))), []);
});

test('a question for a kind is found outside the files of the kind', () => {
  const text = `if (kind !== 'fault') x(); switch (kind) { case 'error-rate': y(); } const other = { fault: 'fault' };`;
  const planted = ['src/a.ts', 'src/treatments/faults/a.ts', 'src/a.test.ts'].map((path) => file(path, text));
  const found = ats(kinds(['fault', 'error-rate']).find(planted));
  assert.deepEqual(found, ['src/a.ts fault', 'src/a.ts error-rate', 'src/treatments/faults/a.ts error-rate']);
});

test('translated English is found, and its plain neighbours are not', () => {
  const bad = ['name must be a text', 'it is not taken', 'waits so long', 'for who asks', 'LONGEST_NAME'];
  assert.equal(phrases.find(bad.map((text, i) => file(`${i}.ts`, text))).length, bad.length);
  const good = 'must be a string; a text that …; as long as; longest_name; the least; so long as it holds';
  assert.deepEqual(phrases.find([file('a.md', good)]), []);
});

test('a path that a guide names and that is not there is found', () => {
  const guide = file(
    'README.md',
    '`src/{a,b}.ts` `a.ts` `sub/` `*/c.ts` `GET /api/x` [d](docs/d.md#e) `x.test.ts`',
  );
  const planted = [guide, file('src/a.ts', ''), file('src/sub/c.ts', '')];
  const found = ats(paths.find(planted, () => false));
  assert.deepEqual(found, ['README.md src/b.ts', 'README.md docs/d.md']);
});
