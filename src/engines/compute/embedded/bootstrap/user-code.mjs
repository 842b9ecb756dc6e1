// Finds and loads the handler that `_HANDLER` names below `LAMBDA_TASK_ROOT`, and describes errors the way the
// Lambda runtime for Node does.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** An error of the runtime itself; `name` is the `errorType` that the caller sees. */
class RuntimeError extends Error {
  constructor(name, message, cause) {
    super(message);
    this.name = name;
    if (cause?.stack) this.stack = `${name}: ${message}\n${cause.stack}`;
  }
}

/** Resolves to the handler function. Throws errors named `Runtime.…`. */
export async function loadHandler(root, name) {
  const match = /^([^.]*)\.(.+)$/.exec(basename(name));
  if (!match || name.includes('..')) {
    throw new RuntimeError('Runtime.MalformedHandlerName', `Bad handler "${name}": use file.export`);
  }
  const [, file, path] = match;
  const loaded = await load(resolve(root, dirname(name), file));
  const handler = path.split('.').reduce((value, key) => value?.[key], loaded);
  const inDefault = path.split('.').reduce((value, key) => value?.[key], loaded?.default);
  const found = handler ?? inDefault;
  if (found === undefined) {
    throw new RuntimeError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  }
  if (typeof found !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${name} is not a function`);
  }
  return found;
}

/** What the caller gets of an error: `{ errorType, errorMessage, trace }`. */
export function describe(error) {
  if (error instanceof Error || (typeof error === 'object' && error !== null && 'message' in error)) {
    const trace = typeof error.stack === 'string' ? error.stack.split('\n') : [];
    return { errorType: String(error.name ?? 'Error'), errorMessage: String(error.message), trace };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

async function load(path) {
  const file = [path, `${path}.js`, `${path}.mjs`, `${path}.cjs`].find(isFile);
  if (file === undefined) {
    throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${basename(path)}'`);
  }
  try {
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

function loadError(error) {
  if (error instanceof SyntaxError) {
    return new RuntimeError('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`, error);
  }
  if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND') {
    return new RuntimeError('Runtime.ImportModuleError', `Error: ${error.message}`, error);
  }
  return error;
}
