/** The checkout as the tidy rules see it: files by path, and their syntax trees. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { parseSync } from 'vite';

export const root = resolve(import.meta.dirname, '..', '..');

export interface SourceFile {
  /** From the root of the checkout, with slashes. */
  path: string;
  text: string;
}

/** One thing that a rule does not allow. */
export interface Offence {
  /** What an exception names: a path, or a path and a name. No line numbers, which change with every edit. */
  at: string;
  /** For people: what is wrong there. */
  says: string;
}

export interface Rule {
  name: string;
  find(files: readonly SourceFile[]): Offence[];
}

const TREES = '{bench,bin,docs,examples,lambda,scripts,sdk,src,test,web}/**/*';
const KINDS = '.{ts,tsx,mjs,js,py,css,md,sql}';
const ELSEWHERE = /(^|\/)(node_modules|dist|\.upstack|\.artefacts)\//;

/** Every source, style and page of the checkout. */
export function checkout(): SourceFile[] {
  return [TREES + KINDS, '*.md']
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .map((path) => path.split(sep).join('/'))
    .filter((path) => !ELSEWHERE.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

export const isScript = ({ path }: { path: string }): boolean => /\.(tsx?|mjs|js)$/.test(path);
/** Tests, and what only tests use. */
export const isTest = ({ path }: { path: string }): boolean =>
  /\.test(ing)?\.tsx?$/.test(path) || /(^|\/)(test|testing)\//.test(path);

export interface Node {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

const parsed = new Map<string, Node>();

/** The ESTree of a script, of TypeScript too. Throws on a syntax error. */
export function treeOf({ path, text }: SourceFile): Node {
  const known = parsed.get(path + text);
  if (known) return known;
  const { program, errors } = parseSync(path, text);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  parsed.set(path + text, program as unknown as Node);
  return program as unknown as Node;
}

/** Calls `see` for every node, outer ones first, with the nodes around it, the nearest last. */
export function walk(node: Node, see: (node: Node, around: readonly Node[]) => void): void {
  const around: Node[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) visit(each);
    else if (isNode(value)) {
      see(value, around);
      around.push(value);
      for (const field of Object.values(value)) if (typeof field === 'object') visit(field);
      around.pop();
    }
  };
  visit(node);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

/** The text of a name or a literal; undefined for anything else. */
export function wordOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier' || node.type === 'PrivateIdentifier') return String(node.name);
  return node.type === 'Literal' ? String(node.value) : undefined;
}
