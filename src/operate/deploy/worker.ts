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
  /** The runtime; else the newest of the language that the directory holds. */
  runtime?: string | undefined;
  /** `module.function` of Python, or what a custom runtime makes of it; a bundle's is always `index.handler`. */
  handler?: string | undefined;
  /** Puts the source map of a bundle into the package too, for `node --enable-source-maps`. */
  sourceMap?: boolean | undefined;
}

/** What no package needs: caches, repositories, and what desktops leave behind. */
const LEFT_OUT = /^(__pycache__|\.git|\.DS_Store|.*\.py[co])$/;

/**
 * Makes a deployment package of a directory. One with an `index.*` or `handler.*` for Node is bundled with its
 * dependencies; one with Python files, or with an executable `bootstrap`, is zipped as it is, without caches and virtual
 * environments. The same sources give the same bytes.
 * Throws the Problems `deploy.no-such-directory`, `no-entry`, `no-handler`, `wrong-runtime`, `bundle-failed`, `not-bundled`,
 * `not-executable`, `unreadable` and `too-large`.
 */
export async function packageFunction(
  directory: string,
  options: PackageOptions = {},
): Promise<FunctionPackage> {
  const files = await filesOf(directory);
  const language = languageOf(directory, files);
  const runtime = runtimeOf(language, options.runtime);
  // The real path, so that a directory reached by a link bundles to the same bytes.
  const root = await realpath(resolve(directory));
  if (language !== 'node' && options.sourceMap) {
    throw problem(
      'not-bundled',
      `${directory} is zipped as it is, without a source map: leave out --source-map`,
    );
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
    throw problem(
      'no-such-directory',
      `${directory} is not a directory that can be read: check the path`,
      cause,
    );
  }
}

function requireOwnHandler(directory: string, wanted: string | undefined): void {
  if (wanted === undefined || wanted === HANDLER) return;
  throw problem(
    'no-handler',
    `${directory} is bundled, so that its handler is ${HANDLER}: leave out --handler`,
  );
}

function requireExecutable(directory: string, tree: Record<string, PackageFile>): void {
  if (tree[BOOTSTRAP]?.executable) return;
  const path = join(directory, BOOTSTRAP);
  throw problem('not-executable', `${path} is not an executable program: run "chmod +x ${path}"`);
}

/** The text of the Python files in the directory itself, by name. */
async function textsOf(root: string, files: readonly string[]): Promise<Record<string, string>> {
  const modules = files.filter((file) => file.endsWith('.py'));
  const texts = await Promise.all(modules.map((file) => readFile(join(root, file), 'utf8')));
  return Object.fromEntries(modules.map((file, i) => [file, texts[i] as string]));
}

/** All files below a directory that belong into a package, by path. Links are followed, but not in circles. */
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
  // This file makes a directory a virtual environment of Python.
  if (above.has(real) || (prefix !== '' && names.includes('pyvenv.cfg'))) return;
  for (const name of names) {
    if (LEFT_OUT.test(name)) continue;
    const path = join(directory, name);
    const found = await stat(path).catch((cause) => {
      throw problem('unreadable', `${path} cannot be read: remove it or what it links to`, cause);
    });
    if (found.isDirectory()) await collect(tree, path, `${prefix}${name}/`, new Set([...above, real]));
    if (!found.isFile()) continue;
    tree[prefix + name] = { bytes: await readFile(path), executable: (found.mode & 0o100) !== 0 };
  }
}
