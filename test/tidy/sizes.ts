import { posix } from 'node:path';
import {
  isScript,
  isTest,
  type Node,
  type Offence,
  type SourceFile,
  treeOf,
  walk,
  wordOf,
} from './source.ts';

const MAX_FUNCTION_LINES = 70;
const MAX_FILES = 12;
const MAX_TESTS = 20;
const MAX_LINES = 500;
const MAX_TEST_LINES = 600;

const linesOf = (text: string): number => text.trimEnd().split('\n').length;

/** Code that tests call in is not measured: a suite is one function around its tests. */
export const functions = {
  name: `functions of at most ${MAX_FUNCTION_LINES} lines`,
  find(files: readonly SourceFile[]): Offence[] {
    return files
      .filter((file) => isScript(file) && !isTest(file))
      .flatMap((file) => {
        const offences: Offence[] = [];
        walk(treeOf(file), (node, around) => {
          if (!/Function/.test(node.type) || node.type.startsWith('TS')) return;
          const lines = linesOf(file.text.slice(node.start, node.end));
          if (lines <= MAX_FUNCTION_LINES) return;
          const name = nameOf([...around, node]);
          offences.push({ at: `${file.path} ${name}`, says: `${file.path}: ${name} has ${lines} lines` });
        });
        return offences;
      });
  },
};

/** `Class.method` or `outer.inner`, from the nodes around a function; what has no name goes by what it is given to. */
function nameOf(path: readonly Node[]): string {
  const names = path.flatMap((node) => wordOf(node.id) ?? wordOf(node.key) ?? []);
  const call = path.findLast(({ type }) => type === 'CallExpression');
  return names.length > 0 ? names.join('.') : `argument of ${wordOf(call?.callee) ?? 'a call'}`;
}

/** Tests are counted apart, and those beside the code not at all. */
export const folders = {
  name: `folders of at most ${MAX_FILES} source files, or ${MAX_TESTS} tests`,
  find(files: readonly SourceFile[]): Offence[] {
    const byFolder = Map.groupBy(files.filter(isSource), ({ path }) => posix.dirname(path));
    return [...byFolder].flatMap(([folder, held]) => {
      const tests = held.filter(({ path }) => TEST.test(path)).length;
      const sources = held.length - tests;
      const isCrowded = sources > MAX_FILES || (IN_TESTS.test(folder) && tests > MAX_TESTS);
      return isCrowded ? [{ at: folder, says: `${folder} has ${sources} files and ${tests} tests` }] : [];
    });
  },
};

const TEST = /\.test(ing)?\.tsx?$/;
const IN_TESTS = /(^|\/)(test|testing)(\/|$)/;
const isSource = ({ path }: SourceFile): boolean => /\.(tsx?|mjs|js|py)$/.test(path);

export const lengths = {
  name: `files of at most ${MAX_LINES} lines, tests and styles ${MAX_TEST_LINES}`,
  find(files: readonly SourceFile[]): Offence[] {
    return files
      .filter(({ path }) => !path.endsWith('.md'))
      .map((file) => ({ ...file, lines: linesOf(file.text) }))
      .filter(
        (file) => file.lines > (isTest(file) || file.path.endsWith('.css') ? MAX_TEST_LINES : MAX_LINES),
      )
      .map(({ path, lines }) => ({ at: path, says: `${path} has ${lines} lines` }));
  },
};
