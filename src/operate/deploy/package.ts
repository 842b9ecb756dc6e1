import { type Zippable, zipSync } from 'fflate';
import { problem } from './problems.ts';

/** What a function's directory is turned into: a deployment package for AWS Lambda. */
export interface FunctionPackage {
  zip: Uint8Array;
  /** As the Lambda API takes it, such as `index.handler`. */
  handler: string;
  runtime: string;
  /** What tells later what is in the package; undefined for files that were zipped as they are. */
  evidence: Evidence | undefined;
}

/** Files about a bundle, by name: esbuild's metafile (`metafile.json`) and the source map (`index.mjs.map`). */
export type Evidence = Readonly<Record<string, Uint8Array>>;

/** The module format of a bundle, which decides the file's extension and with it how Node loads it. */
export type ModuleFormat = 'esm' | 'cjs';

/** A file of a package. */
export interface PackageFile {
  bytes: Uint8Array;
  executable: boolean;
}

export type Language = 'node' | 'python' | 'custom';

/** The zip limit of CreateFunction and UpdateFunctionCode with the package in the request (AWS Lambda quotas). */
const LARGEST_ZIP_BYTES = 50 * 1024 * 1024;

/** Each runtime of a language, and the one it gets unless another is asked for. */
const RUNTIMES: Record<Language, { pattern: RegExp; newest: string }> = {
  node: { pattern: /^nodejs\d+\.x$/, newest: 'nodejs24.x' },
  python: { pattern: /^python3\.\d+$/, newest: 'python3.14' },
  custom: { pattern: /^provided(\.|$)/, newest: 'provided.al2023' },
};
const ENTRY_NAMES = ['index', 'handler'];
const ENTRY_EXTENSIONS = ['ts', 'mts', 'js', 'mjs', 'cjs'];
const ENTRIES = ENTRY_NAMES.flatMap((name) => ENTRY_EXTENSIONS.map((extension) => `${name}.${extension}`));
/** The program that a custom runtime is. */
export const BOOTSTRAP = 'bootstrap';
/** Every entry carries this time, so that the same files give the same bytes. 1980 is where zip's calendar begins. */
const ENTRY_TIME = new Date(1980, 0, 1);
const UNIX = 3;

/**
 * What a directory with these files holds: a `bootstrap` is a custom runtime, `index.*` or `handler.*` an entry for Node,
 * Python files are Python. Throws `deploy.no-entry` (400) when it is none of them.
 */
export function languageOf(directory: string, files: readonly string[]): Language {
  if (files.includes(BOOTSTRAP)) return 'custom';
  if (ENTRIES.some((entry) => files.includes(entry))) return 'node';
  if (files.some((file) => file.endsWith('.py'))) return 'python';
  throw problem(
    'no-entry',
    `${directory} holds no index.{${ENTRY_EXTENSIONS.join(',')}} nor handler.*, no Python file and no bootstrap: add one that has the handler`,
  );
}

/** The runtime of a function in this language. Throws `deploy.wrong-runtime` (400) for one of another language. */
export function runtimeOf(language: Language, wanted: string | undefined): string {
  const { pattern, newest } = RUNTIMES[language];
  if (wanted === undefined || pattern.test(wanted)) return wanted ?? newest;
  throw problem(
    'wrong-runtime',
    `the directory holds a ${language} function, which ${wanted} does not run: ask for one like ${newest}`,
  );
}

/** The entry file among a directory's files: `index.*`, else `handler.*`, TypeScript first; undefined without one. */
export function entryOf(files: readonly string[]): string | undefined {
  return ENTRIES.find((candidate) => files.includes(candidate));
}

/** The name of the bundle in the package; `.mjs` and `.cjs` need no package.json to say what they are. */
export function bundleName(format: ModuleFormat): string {
  return format === 'esm' ? 'index.mjs' : 'index.cjs';
}

/**
 * Zips files by name. Reproducible: sorted names, one fixed time, so equal content is equal bytes and an unchanged
 * function is recognised by its CodeSha256. Throws `deploy.too-large` (413) above `largest` bytes.
 */
export function zipOf(
  files: Readonly<Record<string, Uint8Array | PackageFile>>,
  largest = LARGEST_ZIP_BYTES,
): Uint8Array {
  const sorted: Zippable = {};
  for (const name of Object.keys(files).sort()) {
    const file = files[name] as Uint8Array | PackageFile;
    const { bytes, executable } = file instanceof Uint8Array ? { bytes: file, executable: false } : file;
    sorted[name] = [bytes, { attrs: ((executable ? 0o100755 : 0o100644) << 16) >>> 0 }];
  }
  const zip = zipSync(sorted, { level: 9, mtime: ENTRY_TIME, os: UNIX });
  if (zip.byteLength > largest) {
    const [sizeMb, largestMb] = [zip.byteLength, largest].map((bytes) => (bytes / 1024 / 1024).toFixed(1));
    throw problem(
      'too-large',
      `the package has ${sizeMb} MB, ${largestMb} MB are allowed: leave out what the function does not need`,
    );
  }
  return zip;
}
