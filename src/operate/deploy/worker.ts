import { readdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type BuildFailure, type BuildResult, build } from 'esbuild';
import { bundleName, entryOf, type FunctionPackage, type ModuleFormat, zipOf } from './package.ts';
import { problem } from './problems.ts';

/** CommonJS dependencies inside an ESM bundle ask for built-in modules by `require`, which ESM does not have. */
const REQUIRE_FOR_ESM =
  "import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);";
const EXPORT_NAME = 'handler';

type Output = BuildResult<{ metafile: true; write: false }>;

/**
 * Bundles the function in `directory` with its dependencies and zips it. The entry is `index.*` or `handler.*` (or
 * `entry`, a file name in the directory) and exports `handler`. An ES module becomes `index.mjs`, CommonJS `index.cjs`;
 * the handler is `index.handler` either way. The same sources give the same bytes.
 * Throws the Problems `deploy.no-such-directory`, `no-entry`, `bundle-failed`, `no-handler`, `too-large`.
 */
export async function packageFunction(directory: string, entry?: string): Promise<FunctionPackage> {
  const files = await filesOf(directory);
  const file = entryOf(directory, files, entry);
  // The real path, so that a directory reached by a link bundles to the same bytes.
  const root = await realpath(resolve(directory));
  let format: ModuleFormat = 'esm';
  let output = await bundle(root, file, format);
  if (output.metafile.inputs[file]?.format === 'cjs') {
    format = 'cjs';
    output = await bundle(root, file, format);
  }
  const code = output.outputFiles[0]?.contents ?? new Uint8Array();
  if (format === 'esm') requireHandler(directory, file, output);
  return { zip: zipOf({ [bundleName(format)]: code }), handler: `index.${EXPORT_NAME}` };
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

async function bundle(root: string, file: string, format: ModuleFormat): Promise<Output> {
  try {
    return await build({
      absWorkingDir: root,
      entryPoints: [join(root, file)],
      outfile: join(root, bundleName(format)),
      write: false,
      metafile: true,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format,
      banner: format === 'esm' ? { js: REQUIRE_FOR_ESM } : {},
      charset: 'utf8',
      legalComments: 'none',
      logLevel: 'silent',
    });
  } catch (cause) {
    throw problem('bundle-failed', firstError(root, file, cause as BuildFailure), cause);
  }
}

function firstError(root: string, file: string, failure: BuildFailure): string {
  const [first] = failure.errors ?? [];
  if (!first) return `${join(root, file)}: ${failure.message}`;
  const at = first.location ? `${join(root, first.location.file)}:${first.location.line}` : join(root, file);
  const more = failure.errors.length - 1;
  return `${at}: ${first.text}${more > 0 ? ` (and ${more} more)` : ''}`;
}

function requireHandler(directory: string, file: string, output: Output): void {
  const exports = Object.values(output.metafile.outputs).flatMap((bundled) => bundled.exports);
  if (exports.includes(EXPORT_NAME)) return;
  const found = exports.length > 0 ? `it exports ${exports.join(', ')}` : 'it exports nothing';
  throw problem(
    'no-handler',
    `${join(directory, file)} has no export named "${EXPORT_NAME}" (${found}): add one`,
  );
}
