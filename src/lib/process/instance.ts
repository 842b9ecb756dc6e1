import { mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../problem.ts';

/** A running control room, as recorded in its data directory for commands and to reject a second control room. */
export interface Instance {
  id: string;
  pid: number;
  url: string;
  startedAt: string;
}

const FILE = 'control-room.json';

/** The instance recorded in a data directory; its process may be dead. */
export async function readInstance(directory: string): Promise<Instance | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, FILE), 'utf8')) as Instance;
  } catch {
    return undefined;
  }
}

/** Throws `config.directory-in-use` when a live control room uses the directory. Ignores the file of a dead one. */
export async function refuseSecond(directory: string): Promise<void> {
  const other = await readInstance(directory);
  if (!other || other.pid === process.pid || !alive(other.pid) || !(await isControlRoom(other))) return;
  throw new Problem(
    'config.directory-in-use',
    { status: 409, title: 'The data directory is in use' },
    `${directory} is used by the control room at ${other.url} (process ${other.pid}): stop it, or give another --data`,
  );
}

export async function writeInstance(directory: string, instance: Instance): Promise<void> {
  await mkdir(directory, { recursive: true });
  const draft = join(directory, `${FILE}.${instance.pid}`);
  await writeFile(draft, `${JSON.stringify(instance, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, join(directory, FILE));
}

export async function removeInstance(directory: string): Promise<void> {
  await unlink(join(directory, FILE)).catch(() => {});
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The process id may have been reused: check the command line, or without /proc the answer of /healthz. */
async function isControlRoom({ pid, url, id }: Instance): Promise<boolean> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  if (commandLine !== undefined) return /\b(main\.ts|upstack(\.mjs)?)\0/.test(commandLine);
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) });
    return ((await response.json()) as { id?: string }).id === id;
  } catch {
    return false;
  }
}
