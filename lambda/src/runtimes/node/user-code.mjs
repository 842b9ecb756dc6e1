// Finds and loads the handler that `_HANDLER` names below `LAMBDA_TASK_ROOT`, and describes errors the way the
// Lambda runtime for Node does.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** An error of the runtime itself; `name` is the `errorType` that the caller sees. */
class RuntimeError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

/** Resolves to the handler function. Throws errors named `Runtime.…`, and what the function's code throws. */
export async function loadHandler(root, name) {
  if (name.includes('..')) {
    const message = `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`;
    throw new RuntimeError('Runtime.MalformedHandlerName', message);
  }
  const [, file, path] = /^([^.]*)\.(.*)$/.exec(basename(name)) ?? [];
  if (file === undefined) throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler');
  const loaded = await load(resolve(root, dirname(name), file));
  const handler = find(path, loaded) || find(path, loaded?.default);
  if (!handler) throw new RuntimeError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  if (typeof handler !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${name} is not a function`);
  }
  return handler;
}

function find(path, exported) {
  return path.split('.').reduce((value, key) => value?.[key], exported);
}

/** What the caller gets of what was thrown: `{ errorType, errorMessage, trace }`. */
export function describe(thrown) {
  try {
    if (!(thrown instanceof Error))
      return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
    const [errorType, errorMessage, stack] = [thrown.name, thrown.message, thrown.stack].map(
      // Neither a header nor the logs carry this control character.
      (text) => text?.replaceAll('\x7f', '%7F'),
    );
    return { errorType, errorMessage, trace: stack?.split('\n') ?? [] };
  } catch {
    // Its properties are no texts, or cannot be read.
    const errorMessage =
      'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack';
    return { errorType: 'handled', errorMessage, trace: [] };
  }
}

async function load(path) {
  const file = [path, `${path}.js`, `${path}.mjs`, `${path}.cjs`].find(isFile);
  try {
    // What is no file there may be a package of the function.
    if (file === undefined) return requirePackage(basename(path), dirname(path));
    if (file.endsWith('.mjs') || (file.endsWith('.js') && isModule(dirname(file)))) {
      return await import(pathToFileURL(file).href);
    }
    return createRequire(file)(file);
  } catch (error) {
    // A module with top-level await cannot be required, only imported.
    if (error?.code === 'ERR_REQUIRE_ASYNC_MODULE') return await import(pathToFileURL(file).href);
    throw loadError(error);
  }
}

function requirePackage(name, directory) {
  const require = createRequire(import.meta.url);
  return require(require.resolve(name, { paths: [directory] }));
}

function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Whether the nearest package.json at or above the directory says `"type": "module"`. */
function isModule(directory) {
  const manifest = join(directory, 'package.json');
  if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, 'utf8')).type === 'module';
  const above = dirname(directory);
  return above !== directory && isModule(above);
}

/** An `import` that finds nothing has another code and stays what it is, as in the Lambda runtime. */
function loadError(error) {
  if (error instanceof SyntaxError) {
    const syntax = new RuntimeError('Runtime.UserCodeSyntaxError', String(error));
    syntax.stack = error.stack;
    return syntax;
  }
  return error?.code === 'MODULE_NOT_FOUND'
    ? new RuntimeError('Runtime.ImportModuleError', String(error))
    : error;
}
