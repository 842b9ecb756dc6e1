import { hash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { invalidParameter, LambdaError, payloadTooLarge } from '../../errors.ts';
import { MAX_CODE_REQUEST_BYTES, MAX_UNZIPPED_BYTES, MAX_ZIP_BYTES } from '../../limits.ts';
import { ArchiveError, unzip, unzippedBytes } from './archive.ts';
import { mergeTrees } from './merged-trees.ts';
import { writeDurably } from './record-files.ts';

export interface CodePackage {
  /** SHA-256 of the zip file in base64: AWS's `CodeSha256`. */
  codeSha256: string;
  codeSizeBytes: number;
}

/**
 * Node looks for a package.json upwards from a module. It must not find that of a project around the data directory,
 * whose `"type": "module"` would make another language of a function's files.
 */
const END_OF_PROJECT = '{}\n';

/**
 * Code packages by content. The zip file is the truth and is written durably; the directory with its unpacked,
 * read-only files is made once per content and made again when it is missing.
 */
export class Packages {
  #directory: string;
  #making = new Map<string, Promise<string>>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Opens the store and forgets the packages that no version refers to any more, and all merged directories. */
  static async open(directory: string, referenced: Set<string>): Promise<Packages> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const keep = new Set([...referenced].map(keyOf));
    for (const name of await readdir(directory)) {
      if (!keep.has(name.replace(/\.zip$/, ''))) await rm(join(directory, name), { recursive: true });
    }
    await writeFile(join(directory, 'package.json'), END_OF_PROJECT);
    return new Packages(directory);
  }

  /** Keeps a zip file after unpacking it as a test. Throws AWS's errors for files that Lambda would refuse. */
  async add(zip: Uint8Array, operation: string): Promise<CodePackage> {
    if (zip.length > MAX_ZIP_BYTES) throw payloadTooLarge(MAX_CODE_REQUEST_BYTES, operation);
    if (zip.length === 0) throw invalidParameter('Uploaded file must be a non-empty zip');
    const codeSha256 = hash('sha256', zip, 'base64');
    const key = keyOf(codeSha256);
    if (!existsSync(this.#zip(key))) {
      await this.#unpack(key, zip).catch((error) => {
        throw refusal(error);
      });
      await writeDurably(this.#zip(key), zip);
    }
    return { codeSha256, codeSizeBytes: zip.length };
  }

  /** The directory with the unpacked files: `/var/task` of a function. */
  async directoryOf(codeSha256: string): Promise<string> {
    const key = keyOf(codeSha256);
    const directory = join(this.#directory, key);
    if (existsSync(directory)) return directory;
    try {
      return await this.#unpack(key, await readFile(this.#zip(key)));
    } catch (cause) {
      throw new LambdaError(
        'InvalidZipFileException',
        `Lambda could not unzip the package: ${String(cause)}`,
      );
    }
  }

  /**
   * The directory with the files of several packages, a later one's replacing an earlier one's: `/opt` of a function
   * with layers. Undefined when there are none.
   */
  async mergedDirectoryOf(codeSha256s: readonly string[]): Promise<string | undefined> {
    const sources: string[] = [];
    for (const codeSha256 of codeSha256s) sources.push(await this.directoryOf(codeSha256));
    if (sources.length < 2) return sources[0];
    const key = `merged-${hash('sha256', codeSha256s.join(' '))}`;
    return await this.#make(key, (directory) => mergeTrees(sources, directory));
  }

  /** Throws InvalidParameterValueException when the packages of a function and its layers are too large together. */
  async checkTogether(codeSha256s: readonly string[]): Promise<void> {
    if (codeSha256s.length < 2) return;
    let bytes = 0;
    for (const codeSha256 of codeSha256s) bytes += await unzippedBytes(this.#zip(keyOf(codeSha256)));
    if (bytes <= MAX_UNZIPPED_BYTES) return;
    throw invalidParameter(
      `Function code combined with layers exceeds the maximum allowed size of ${MAX_UNZIPPED_BYTES} bytes. The actual size is ${bytes} bytes.`,
    );
  }

  #zip(key: string): string {
    return join(this.#directory, `${key}.zip`);
  }

  #unpack(key: string, zip: Uint8Array): Promise<string> {
    return this.#make(key, (directory) => unzip(zip, directory, MAX_UNZIPPED_BYTES));
  }

  /** Makes a directory once, whoever else asks for it meanwhile. */
  #make(key: string, fill: (directory: string) => Promise<void>): Promise<string> {
    const underway = this.#making.get(key);
    if (underway) return underway;
    const making = filled(join(this.#directory, key), fill).finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }
}

/** Base64 has characters that file names should not have. */
function keyOf(codeSha256: string): string {
  return Buffer.from(codeSha256, 'base64').toString('hex');
}

/** Fills a directory beside its final place and moves it there, so that a half filled one is never seen. */
async function filled(directory: string, fill: (directory: string) => Promise<void>): Promise<string> {
  if (existsSync(directory)) return directory;
  const temporary = `${directory}.${randomUUID()}`;
  await mkdir(temporary);
  try {
    await fill(temporary);
    await rename(temporary, directory);
    return directory;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

function refusal(error: unknown): unknown {
  if (!(error instanceof ArchiveError)) return error;
  switch (error.reason) {
    case 'too-large':
      return invalidParameter(`Unzipped size must be smaller than ${MAX_UNZIPPED_BYTES} bytes`);
    case 'empty':
      return invalidParameter('Uploaded file must be a non-empty zip');
    default:
      return invalidParameter(
        `Could not unzip uploaded file. Please check your file, then try to upload again. (${error.message})`,
      );
  }
}
