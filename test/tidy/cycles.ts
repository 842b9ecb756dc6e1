import { posix } from 'node:path';
import { isScript, type Offence, type SourceFile, treeOf, walk, wordOf } from './source.ts';

const IMPORTS = [
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
];

/** No file reaches itself by imports, those of types and those at run time included. */
export const cycles = {
  name: 'no import cycles',
  find(files: readonly SourceFile[]): Offence[] {
    const scripts = files.filter(isScript);
    const known = new Set(scripts.map(({ path }) => path));
    const graph = new Map(
      scripts.map((file) => [file.path, importsOf(file).filter((path) => known.has(path))]),
    );
    return circles(graph).map((circle) => ({ at: circle.join(' '), says: circle.join(' <-> ') }));
  },
};

/** Files of the checkout that a file imports. */
function importsOf(file: SourceFile): string[] {
  const found: string[] = [];
  walk(treeOf(file), (node) => {
    const specifier = IMPORTS.includes(node.type) ? wordOf(node.source) : undefined;
    if (specifier?.startsWith('.')) found.push(posix.join(posix.dirname(file.path), specifier));
  });
  return found;
}

/** The strongly connected components with more than one file (Tarjan 1972), each sorted; a file on itself too. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (path: string): void => {
    index.set(path, index.size);
    low.set(path, index.get(path) as number);
    stack.push(path);
    for (const next of graph.get(path) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(path, Math.min(low.get(path) as number, low.get(next) as number));
    }
    if (low.get(path) !== index.get(path)) return;
    const circle = stack.splice(stack.indexOf(path));
    if (circle.length > 1 || graph.get(path)?.includes(path)) found.push(circle.sort());
  };
  for (const path of graph.keys()) if (!index.has(path)) visit(path);
  return found;
}
