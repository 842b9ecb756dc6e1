import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Keeps a second twin off a data directory. Returns what releases it; a lock left by a process that died is taken over.
 * Throws when a live process holds it.
 */
export async function lock(directory: string): Promise<() => Promise<void>> {
  const file = join(directory, 'twin.pid');
  const other = Number(await readFile(file, 'utf8').catch(() => '0'));
  if (other > 0 && other !== process.pid && (await isTwin(other))) {
    throw new Error(`${directory} is used by process ${other}: stop it, or give another --data`);
  }
  await writeFile(file, String(process.pid));
  return () => rm(file, { force: true });
}

/** A process number may belong to another program by now; where /proc exists, the command line tells. */
async function isTwin(pid: number): Promise<boolean> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  if (commandLine !== undefined) return /\bmain\.ts\0/.test(commandLine);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
