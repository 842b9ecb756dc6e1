/**
 * Runs the server under a keeper, a few lines of POSIX shell that wait for two things: that the server ends (then the
 * keeper ends too) and that its own standard input closes, which happens when the control room stops it or dies, even by
 * `kill -9` (then the keeper shuts the server down). So no server outlives its control room.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Log } from '../../lib/log.ts';
import type { Running } from '../../lib/process/supervisor.ts';
import type { ServerUser } from './binaries.ts';

const KEEPER = `
exec 3<&0
"$@" 3<&- </dev/null &
server=$!
{ read _ <&3; kill -INT $server; } >/dev/null 2>&1 &
watch=$!
exec 3<&-
wait $server
code=$?
kill $watch 2>/dev/null
exit $code
`;

/** After this long without an end the server is killed, milliseconds. Its log makes good what it did not write. */
const LONGEST_STOP_MS = 5_000;
const LINES_KEPT = 12;

export interface KeptServer extends Running {
  /** The last lines of the server's log. */
  lastLines(): string;
  /** The keeper's process number. */
  keeperPid: number;
}

/** Starts `command` below a keeper, in `directory`, as `user`. */
export function keepServer(
  command: readonly string[],
  directory: string,
  user: ServerUser | undefined,
  log: Log,
): KeptServer {
  const child = spawn('/bin/sh', ['-c', KEEPER, 'upstack-postgres', ...command], {
    ...user,
    cwd: directory,
    // A session of its own: Ctrl-C in a terminal reaches the control room alone, which stops the server last.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C' },
  });
  child.stdin?.on('error', () => undefined);
  const lines: string[] = [];
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    lines.push(line);
    if (lines.length > LINES_KEPT) lines.shift();
    (line.includes('PANIC') ? log.error : log.debug).call(log, { child: 'postgres', line }, 'server log');
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, by) => resolve(by ? `ended by ${by}` : `exit code ${code}`));
  });
  return {
    ended,
    keeperPid: child.pid ?? 0,
    lastLines: () => lines.join(' | '),
    stop: () => stopServer(child, ended),
  };
}

async function stopServer(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.stdin?.end();
  const force = setTimeout(() => {
    // The keeper leads its process group, in which the postmaster is too; the other server processes follow it.
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It ended in between.
    }
  }, LONGEST_STOP_MS);
  await ended;
  clearTimeout(force);
}
