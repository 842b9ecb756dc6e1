import { link, lstat, mkdir, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Puts the files of several directories into one that is empty, in their order: what a later one has replaces what an
 * earlier one had under the same name. Files are hard links, so nothing is copied and everything must lie on one file
 * system. No file is made through a symbolic link: where a directory is to be, a link that is in its place goes.
 */
export async function mergeTrees(sources: readonly string[], target: string): Promise<void> {
  for (const source of sources) await mergeTree(source, target);
}

async function mergeTree(source: string, target: string): Promise<void> {
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const from = join(source, entry.name);
    const to = join(target, entry.name);
    if (entry.isDirectory()) {
      await makeDirectory(to);
      await mergeTree(from, to);
      continue;
    }
    await rm(to, { recursive: true, force: true });
    if (entry.isSymbolicLink()) await symlink(await readlink(from), to);
    else await link(from, to);
  }
}

async function makeDirectory(path: string): Promise<void> {
  const present = await lstat(path).catch(() => undefined);
  if (present?.isDirectory()) return;
  if (present) await rm(path);
  await mkdir(path);
}
