/**
 * Stops PostgreSQL processes that a previous control room left on a data directory. Normally there are none, because
 * the keeper stops the server when the control room dies. But the keeper itself may have been killed.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { problem } from './problems.ts';

const POLL_MS = 20;
/** Milliseconds, signal: fast shutdown, then immediate shutdown without a checkpoint, then kill. */
const STEPS = [
  [0, 'SIGINT'],
  [1_500, 'SIGQUIT'],
  [2_500, 'SIGKILL'],
] as const;
const GIVE_UP_AFTER_MS = 10_000;

/** Stops every server process on `directory`, then removes its lock file. Throws `state.not-started` if one remains. */
export async function stopLeftover(directory: string): Promise<void> {
  const since = performance.now();
  const recorded = await recordedPid(directory);
  let step = 0;
  for (;;) {
    const left = await serversOn(directory);
    if (left.length === 0) break;
    const elapsedMs = performance.now() - since;
    if (elapsedMs > GIVE_UP_AFTER_MS) {
      throw problem('not-started', `process ${left.join(', ')} still uses ${directory}: stop it`);
    }
    const next = STEPS[step];
    if (next && elapsedMs >= next[0]) {
      const postmaster = left.find((pid) => pid === recorded);
      // Without their postmaster the others end once they notice. The signal makes them notice.
      if (postmaster === undefined) for (const pid of left) signal(pid, step < 2 ? 'SIGQUIT' : 'SIGKILL');
      else if (next[1] === 'SIGKILL') for (const pid of left) signal(pid, 'SIGKILL');
      else signal(postmaster, next[1]);
      step++;
    }
    await pause(POLL_MS);
  }
  // Remove a dead server's lock file, because its process id may now be a zombie's or another program's.
  await rm(join(directory, 'postmaster.pid'), { force: true });
}

async function serversOn(directory: string): Promise<number[]> {
  const home = await realpath(directory);
  if (process.platform !== 'linux') return serverByRecord(directory);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(async (pid) => ((await isServer(pid, home)) ? [pid] : [])));
  return found.flat();
}

async function isServer(pid: number, home: string): Promise<boolean> {
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (cwd !== home) return false;
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() === 'postgres';
}

async function serverByRecord(directory: string): Promise<number[]> {
  const pid = await recordedPid(directory);
  if (pid === undefined) return [];
  const run = promisify(execFile);
  const shown = await run('ps', ['-p', String(pid), '-o', 'command=']).catch(() => ({ stdout: '' }));
  return shown.stdout.includes('postgres') ? [pid] : [];
}

async function recordedPid(directory: string): Promise<number | undefined> {
  const text = await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has already ended.
  }
}
