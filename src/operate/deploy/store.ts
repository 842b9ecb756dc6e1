import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../../lib/ids.ts';
import type { Evidence } from './package.ts';

/** Packages of one function whose evidence is kept; the oldest goes first. */
const MOST_EVIDENCE = 100;

/**
 * Keeps what tells later what is in a package (source map, metafile) as
 * `<directory>/<function>/<CodeSha256 in hexadecimal>/`, and returns that path. The same package has the same evidence,
 * so what is there stays. Throws what the file system throws.
 */
export async function keepEvidence(
  directory: string,
  functionName: string,
  codeSha256: Uint8Array,
  evidence: Evidence,
): Promise<string> {
  const ofFunction = join(directory, functionName);
  const path = join(ofFunction, Buffer.from(codeSha256).toString('hex'));
  if (await isThere(path)) return path;
  await mkdir(ofFunction, { recursive: true, mode: 0o700 });
  // Complete or not at all: written beside its place and moved there.
  const temporary = join(ofFunction, newId('tmp'));
  await mkdir(temporary, { mode: 0o700 });
  try {
    for (const [name, bytes] of Object.entries(evidence)) await writeFile(join(temporary, name), bytes);
    await rename(temporary, path).catch(async (error) => {
      // Another deployment of the same package was faster.
      if (!(await isThere(path))) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  await forgetOldest(ofFunction);
  return path;
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function forgetOldest(ofFunction: string): Promise<void> {
  const names = await readdir(ofFunction);
  if (names.length <= MOST_EVIDENCE) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, madeMs: (await stat(join(ofFunction, name))).mtimeMs })),
  );
  aged.sort((a, b) => a.madeMs - b.madeMs);
  for (const { name } of aged.slice(0, -MOST_EVIDENCE)) await rm(join(ofFunction, name), { recursive: true });
}
