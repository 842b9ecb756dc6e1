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

/** Where the world may be touched by any file: folders of src/, and the composition root directly in it. */
const SHELL = /^src\/(lib|engines|doors|compose)\/|^src\/[^/]+$/;
const ROLE = /(^|[-/])(store|queries|operations|worker|control)\.ts$/;
const PURE_TREES = /^(src|sdk\/src\/core)\//;

const GLOBALS = ['fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'];
const MEMBERS = ['Date.now', 'Math.random', 'performance.now', 'process.env', 'crypto.randomUUID'];

/** A file takes values and returns values, unless its name says that it touches the world. */
export const purity = {
  name: 'no clock, network, environment, timer or chance in pure files',
  find(files: readonly SourceFile[]): Offence[] {
    return files.filter(isPure).flatMap((file) => {
      const offences: Offence[] = [];
      walk(treeOf(file), (node, around) => {
        const what = touched(node, around.at(-1));
        if (what) offences.push({ at: `${file.path} ${what}`, says: `${file.path} uses ${what}` });
      });
      return offences;
    });
  },
};

function isPure(file: SourceFile): boolean {
  const { path } = file;
  return PURE_TREES.test(path) && isScript(file) && !isTest(file) && !SHELL.test(path) && !ROLE.test(path);
}

function touched(node: Node, parent: Node | undefined): string | undefined {
  if (node.type === 'MemberExpression') {
    const name = `${wordOf(node.object)}.${wordOf(node.property)}`;
    return MEMBERS.includes(name) ? name : undefined;
  }
  if (node.type === 'NewExpression' && wordOf(node.callee) === 'Date') {
    return (node.arguments as unknown[]).length === 0 ? 'new Date()' : undefined;
  }
  const isName = node.type === 'Identifier' && GLOBALS.includes(String(node.name));
  // Called, or handed on; a property or a parameter may have such a name.
  const isUse = parent?.type === 'CallExpression' || parent?.type === 'VariableDeclarator';
  return isName && isUse ? String(node.name) : undefined;
}
