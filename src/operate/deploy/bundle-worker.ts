import { join } from 'node:path';
import { type BuildFailure, type BuildResult, build } from 'esbuild';
import { bundleName, type FunctionPackage, type ModuleFormat, zipOf } from './package.ts';
import { problem } from './problems.ts';

/** CommonJS dependencies in an ESM bundle call `require` for built-in modules; ESM does not define it. */
const REQUIRE_FOR_ESM =
  "import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);";
const EXPORT_NAME = 'handler';
/** The handler of every bundle, in the format of the Lambda API. */
export const HANDLER = `index.${EXPORT_NAME}`;

type Output = BuildResult<{ metafile: true; write: false }>;

/**
 * Bundles an entry file of the directory `root` with its dependencies, and zips the bundle. An ES module becomes
 * `index.mjs`, CommonJS `index.cjs`. `sourceMap` adds the source map. Throws the Problems `deploy.bundle-failed`,
 * `no-handler` and `too-large`.
 */
export async function bundleFunction(
  root: string,
  file: string,
  sourceMap = false,
): Promise<Omit<FunctionPackage, 'runtime'>> {
  let format: ModuleFormat = 'esm';
  let output = await bundle(root, file, format, sourceMap);
  if (output.metafile.inputs[file]?.format === 'cjs') {
    format = 'cjs';
    output = await bundle(root, file, format, sourceMap);
  }
  if (format === 'esm') requireHandler(root, file, output);
  const name = bundleName(format);
  const contentOf = (suffix: string) =>
    output.outputFiles.find(({ path }) => path.endsWith(suffix))?.contents;
  const code = contentOf(name) ?? new Uint8Array();
  const map = contentOf(`${name}.map`) ?? new Uint8Array();
  return {
    zip: zipOf({ [name]: code, ...(sourceMap ? { [`${name}.map`]: map } : {}) }),
    handler: HANDLER,
    evidence: { 'metafile.json': Buffer.from(JSON.stringify(output.metafile)), [`${name}.map`]: map },
  };
}

async function bundle(root: string, file: string, format: ModuleFormat, sourceMap: boolean): Promise<Output> {
  try {
    return await build({
      absWorkingDir: root,
      entryPoints: [join(root, file)],
      outfile: join(root, bundleName(format)),
      write: false,
      metafile: true,
      // An external source map does not change the code, so the same sources give the same bytes.
      sourcemap: sourceMap ? 'linked' : 'external',
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

function requireHandler(root: string, file: string, output: Output): void {
  const exports = Object.values(output.metafile.outputs).flatMap((bundled) => bundled.exports);
  if (exports.includes(EXPORT_NAME)) return;
  const found = exports.length > 0 ? `it exports ${exports.join(', ')}` : 'it exports nothing';
  throw problem('no-handler', `${join(root, file)} has no export named "${EXPORT_NAME}" (${found}): add one`);
}
