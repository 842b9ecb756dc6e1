import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../../lib/ids.ts';
import type { Evidence } from './package.ts';

/** Packages per function whose evidence is kept. The oldest is deleted first. */
const MAX_PACKAGES = 100;

/**
 * Writes the evidence of a package (source map, metafile) to `<directory>/<function>/<CodeSha256 in hexadecimal>/`, and
 * returns that path. The same package has the same evidence, so existing evidence stays. Throws errors of the file
 * system.
 */
export async function keepEvidence(
  directory: string,
  functionName: string,
  codeSha256: Uint8Array,
  evidence: Evidence,
): Promise<string> {
  const ofFunction = join(directory, functionName);
  const path = join(ofFunction, Buffer.from(codeSha256).toString('hex'));
  if (await exists(path)) return path;
  await mkdir(ofFunction, { recursive: true, mode: 0o700 });
  // Written beside its final path and renamed, so that evidence is always complete.
  const temporary = join(ofFunction, newId('tmp'));
  await mkdir(temporary, { mode: 0o700 });
  try {
    for (const [name, bytes] of Object.entries(evidence)) await writeFile(join(temporary, name), bytes);
    await rename(temporary, path).catch(async (error) => {
      // Another deployment of the same package was faster.
      if (!(await exists(path))) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  await deleteOldest(ofFunction);
  return path;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function deleteOldest(ofFunction: string): Promise<void> {
  const names = await readdir(ofFunction);
  if (names.length <= MAX_PACKAGES) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, madeMs: (await stat(join(ofFunction, name))).mtimeMs })),
  );
  aged.sort((a, b) => a.madeMs - b.madeMs);
  for (const { name } of aged.slice(0, -MAX_PACKAGES)) await rm(join(ofFunction, name), { recursive: true });
}
