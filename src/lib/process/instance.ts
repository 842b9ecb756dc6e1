import { mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../problem.ts';

/** What a running control room writes into its data directory, so that commands find it and a second one is refused. */
export interface Instance {
  id: string;
  pid: number;
  url: string;
  startedAt: string;
}

const FILE = 'control-room.json';

/** The instance that a data directory names; it may be dead. */
export async function readInstance(directory: string): Promise<Instance | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, FILE), 'utf8')) as Instance;
  } catch {
    return undefined;
  }
}

/** Throws when a live control room uses the directory; a file left by one that died is ignored. */
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

/** A process number may have been given to another program since: its command line tells, elsewhere its answer does. */
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
