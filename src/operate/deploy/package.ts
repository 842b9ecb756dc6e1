import { type Zippable, zipSync } from 'fflate';
import { problem } from './problems.ts';

/** What a function's directory is turned into: a deployment package for a Node runtime of AWS Lambda. */
export interface FunctionPackage {
  zip: Uint8Array;
  /** `file.export`, as the Lambda API takes it. */
  handler: string;
}

/** The module format of a bundle, which decides the file's extension and with it how Node loads it. */
export type ModuleFormat = 'esm' | 'cjs';

/** The zip limit of CreateFunction and UpdateFunctionCode with the package in the request (AWS Lambda quotas). */
const LARGEST_ZIP_BYTES = 50 * 1024 * 1024;

const ENTRY_NAMES = ['index', 'handler'];
const ENTRY_EXTENSIONS = ['ts', 'mts', 'js', 'mjs', 'cjs'];
/** Every entry carries this time, so that the same files give the same bytes. 1980 is where zip's calendar begins. */
const ENTRY_TIME = new Date(1980, 0, 1);

/**
 * The entry file among a directory's files: `index.*`, else `handler.*`, TypeScript first; or `wanted`, when given.
 * Throws `deploy.no-entry` (400).
 */
export function entryOf(directory: string, files: readonly string[], wanted?: string): string {
  if (wanted !== undefined) {
    if (files.includes(wanted)) return wanted;
    throw problem('no-entry', `${directory} holds no ${wanted}: name an entry file that is there`);
  }
  const candidates = ENTRY_NAMES.flatMap((name) =>
    ENTRY_EXTENSIONS.map((extension) => `${name}.${extension}`),
  );
  const entry = candidates.find((candidate) => files.includes(candidate));
  if (entry === undefined) {
    throw problem(
      'no-entry',
      `${directory} holds neither index.{${ENTRY_EXTENSIONS.join(',')}} nor handler.*: add one that exports "handler"`,
    );
  }
  return entry;
}

/** The name of the bundle in the package; `.mjs` and `.cjs` need no package.json to say what they are. */
export function bundleName(format: ModuleFormat): string {
  return format === 'esm' ? 'index.mjs' : 'index.cjs';
}

/**
 * Zips files by name. Reproducible: sorted names, one fixed time, so equal content is equal bytes and an unchanged
 * function is recognised by its CodeSha256. Throws `deploy.too-large` (413) above `largest` bytes.
 */
export function zipOf(files: Readonly<Record<string, Uint8Array>>, largest = LARGEST_ZIP_BYTES): Uint8Array {
  const sorted: Zippable = {};
  for (const name of Object.keys(files).sort()) sorted[name] = files[name] as Uint8Array;
  const zip = zipSync(sorted, { level: 9, mtime: ENTRY_TIME, os: 3, attrs: 0o644 << 16 });
  if (zip.byteLength > largest) {
    const [sizeMb, largestMb] = [zip.byteLength, largest].map((bytes) => (bytes / 1024 / 1024).toFixed(1));
    throw problem(
      'too-large',
      `the package has ${sizeMb} MB, ${largestMb} MB are allowed: leave out what the function does not need`,
    );
  }
  return zip;
}
