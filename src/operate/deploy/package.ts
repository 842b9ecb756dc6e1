import { type Zippable, zipSync } from 'fflate';
import { problem } from './problems.ts';

/** A deployment package for AWS Lambda, made from a function's directory. */
export interface FunctionPackage {
  zip: Uint8Array;
  /** In the format of the Lambda API, such as `index.handler`. */
  handler: string;
  runtime: string;
  /** Describes the contents of a bundle; undefined for a package that was zipped unbundled. */
  evidence: Evidence | undefined;
}

/** Files about a bundle, by name: esbuild's metafile (`metafile.json`) and the source map (`index.mjs.map`). */
export type Evidence = Readonly<Record<string, Uint8Array>>;

/** The module format of a bundle. It determines the file extension and how Node loads the file. */
export type ModuleFormat = 'esm' | 'cjs';

/** A file of a package. */
export interface PackageFile {
  bytes: Uint8Array;
  executable: boolean;
}

export type Language = 'node' | 'python' | 'custom';

/** The limit of CreateFunction and UpdateFunctionCode for a package in the request (AWS Lambda quotas). */
const MAX_ZIP_BYTES = 50 * 1024 * 1024;

/** The runtimes of each language, and its default. */
const RUNTIMES: Record<Language, { pattern: RegExp; newest: string }> = {
  node: { pattern: /^nodejs\d+\.x$/, newest: 'nodejs24.x' },
  python: { pattern: /^python3\.\d+$/, newest: 'python3.14' },
  custom: { pattern: /^provided(\.|$)/, newest: 'provided.al2023' },
};
const ENTRY_NAMES = ['index', 'handler'];
const ENTRY_EXTENSIONS = ['ts', 'mts', 'js', 'mjs', 'cjs'];
const ENTRIES = ENTRY_NAMES.flatMap((name) => ENTRY_EXTENSIONS.map((extension) => `${name}.${extension}`));
/** The program of a custom runtime. */
export const BOOTSTRAP = 'bootstrap';
/** The time of every entry, so that the same files give the same bytes. Zip dates start in 1980. */
const ENTRY_TIME = new Date(1980, 0, 1);
const UNIX = 3;

/**
 * The language of a directory with these files: custom with a `bootstrap`, Node with `index.*` or `handler.*`, Python
 * with Python files. Throws `deploy.no-entry` (400) otherwise.
 */
export function languageOf(directory: string, files: readonly string[]): Language {
  if (files.includes(BOOTSTRAP)) return 'custom';
  if (ENTRIES.some((entry) => files.includes(entry))) return 'node';
  if (files.some((file) => file.endsWith('.py'))) return 'python';
  throw problem(
    'no-entry',
    `${directory} has no index.{${ENTRY_EXTENSIONS.join(',')}} or handler.*, no Python file and no bootstrap: add one with the handler`,
  );
}

/**
 * The runtime for a language: `wanted`, or the newest. Throws `deploy.wrong-runtime` (400) if `wanted` cannot run it.
 */
export function runtimeOf(language: Language, wanted: string | undefined): string {
  const { pattern, newest } = RUNTIMES[language];
  if (wanted === undefined || pattern.test(wanted)) return wanted ?? newest;
  throw problem(
    'wrong-runtime',
    `${wanted} cannot run a ${language} function: pass a runtime like ${newest}`,
  );
}

/** The entry file of a directory: `index.*`, else `handler.*`, TypeScript first; undefined if there is none. */
export function entryOf(files: readonly string[]): string | undefined {
  return ENTRIES.find((candidate) => files.includes(candidate));
}

/** The name of the bundle in the package. `.mjs` and `.cjs` need no package.json to define their format. */
export function bundleName(format: ModuleFormat): string {
  return format === 'esm' ? 'index.mjs' : 'index.cjs';
}

/**
 * Zips files by name. Reproducible, with sorted names and a fixed time: the same content gives the same bytes, so an
 * unchanged function is recognised by its CodeSha256. Throws `deploy.too-large` (413) above `maxBytes`.
 */
export function zipOf(
  files: Readonly<Record<string, Uint8Array | PackageFile>>,
  maxBytes = MAX_ZIP_BYTES,
): Uint8Array {
  const sorted: Zippable = {};
  for (const name of Object.keys(files).sort()) {
    const file = files[name] as Uint8Array | PackageFile;
    const { bytes, executable } = file instanceof Uint8Array ? { bytes: file, executable: false } : file;
    sorted[name] = [bytes, { attrs: ((executable ? 0o100755 : 0o100644) << 16) >>> 0 }];
  }
  const zip = zipSync(sorted, { level: 9, mtime: ENTRY_TIME, os: UNIX });
  if (zip.byteLength > maxBytes) {
    const [sizeMb, maxMb] = [zip.byteLength, maxBytes].map((bytes) => (bytes / 1024 / 1024).toFixed(1));
    throw problem(
      'too-large',
      `the package has ${sizeMb} MB, at most ${maxMb} MB are allowed: omit files that the function does not need`,
    );
  }
  return zip;
}
