import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleFunction, HANDLER } from './bundle-worker.ts';
import {
  BOOTSTRAP,
  entryOf,
  type FunctionPackage,
  languageOf,
  type PackageFile,
  runtimeOf,
  zipOf,
} from './package.ts';
import { problem } from './problems.ts';
import { pythonHandlerOf } from './python.ts';

export interface PackageOptions {
  /** The runtime; by default the newest of the directory's language. */
  runtime?: string | undefined;
  /** `module.function` for Python, or as a custom runtime reads it; always `index.handler` for a bundle. */
  handler?: string | undefined;
  /** Adds the source map of a bundle to the package, for `node --enable-source-maps`. */
  sourceMap?: boolean | undefined;
}

/** Never packaged: caches, repositories and desktop files. */
const EXCLUDED = /^(__pycache__|\.git|\.DS_Store|.*\.py[co])$/;

/**
 * Makes a deployment package of a directory. A Node entry (`index.*` or `handler.*`) is bundled with its dependencies.
 * A directory with Python files or an executable `bootstrap` is zipped unchanged, without caches and virtual
 * environments. The same sources give the same bytes. Throws the Problems `deploy.no-such-directory`, `no-entry`,
 * `no-handler`, `wrong-runtime`, `bundle-failed`, `not-bundled`, `not-executable`, `unreadable` and `too-large`.
 */
export async function packageFunction(
  directory: string,
  options: PackageOptions = {},
): Promise<FunctionPackage> {
  const files = await filesOf(directory);
  const language = languageOf(directory, files);
  const runtime = runtimeOf(language, options.runtime);
  // The real path, so that a directory reached through a link gives the same bytes.
  const root = await realpath(resolve(directory));
  if (language !== 'node' && options.sourceMap) {
    throw problem('not-bundled', `${directory} is zipped unbundled, without a source map: omit --source-map`);
  }
  switch (language) {
    case 'node':
      requireOwnHandler(directory, options.handler);
      return { ...(await bundleFunction(root, entryOf(files) as string, options.sourceMap)), runtime };
    case 'python': {
      const handler = options.handler ?? pythonHandlerOf(directory, await textsOf(root, files));
      return { zip: zipOf(await treeOf(root)), handler, runtime, evidence: undefined };
    }
    case 'custom': {
      const tree = await treeOf(root);
      requireExecutable(directory, tree);
      return { zip: zipOf(tree), handler: options.handler ?? BOOTSTRAP, runtime, evidence: undefined };
    }
  }
}

async function filesOf(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.filter((found) => !found.isDirectory()).map((found) => found.name);
  } catch (cause) {
    throw problem('no-such-directory', `${directory} is not a readable directory: check the path`, cause);
  }
}

function requireOwnHandler(directory: string, wanted: string | undefined): void {
  if (wanted === undefined || wanted === HANDLER) return;
  throw problem('no-handler', `${directory} is bundled, so its handler is ${HANDLER}: omit --handler`);
}

function requireExecutable(directory: string, tree: Record<string, PackageFile>): void {
  if (tree[BOOTSTRAP]?.executable) return;
  const path = join(directory, BOOTSTRAP);
  throw problem('not-executable', `${path} is not an executable program: run "chmod +x ${path}"`);
}

/** The contents of the Python files at the top level of the directory, by name. */
async function textsOf(root: string, files: readonly string[]): Promise<Record<string, string>> {
  const modules = files.filter((file) => file.endsWith('.py'));
  const texts = await Promise.all(modules.map((file) => readFile(join(root, file), 'utf8')));
  return Object.fromEntries(modules.map((file, i) => [file, texts[i] as string]));
}

/** All files below a directory that belong in a package, by path. Follows links, but not in cycles. */
async function treeOf(root: string): Promise<Record<string, PackageFile>> {
  const tree: Record<string, PackageFile> = {};
  await collect(tree, root, '', new Set());
  return tree;
}

async function collect(
  tree: Record<string, PackageFile>,
  directory: string,
  prefix: string,
  above: ReadonlySet<string>,
): Promise<void> {
  const real = await realpath(directory);
  const names = await readdir(directory);
  // This file marks a Python virtual environment.
  if (above.has(real) || (prefix !== '' && names.includes('pyvenv.cfg'))) return;
  for (const name of names) {
    if (EXCLUDED.test(name)) continue;
    const path = join(directory, name);
    const found = await stat(path).catch((cause) => {
      throw problem('unreadable', `${path} cannot be read: remove it, or correct the link`, cause);
    });
    if (found.isDirectory()) await collect(tree, path, `${prefix}${name}/`, new Set([...above, real]));
    if (!found.isFile()) continue;
    tree[prefix + name] = { bytes: await readFile(path), executable: (found.mode & 0o100) !== 0 };
  }
}
