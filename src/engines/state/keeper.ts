/**
 * Runs the server under a keeper, a few lines of POSIX shell. The keeper exits when the server does. It shuts the
 * server down when its own standard input closes, which happens when the control room stops it or dies, even by `kill
 * -9`. So no server outlives its control room.
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

/** A server that takes longer to stop is killed; its write-ahead log recovers what it did not write. */
const MAX_STOP_MS = 5_000;
const LOG_LINES = 12;

export interface KeptServer extends Running {
  /** The last lines of the server's log. */
  lastLines(): string;
  /** Process id of the keeper. */
  keeperPid: number;
}

/** Starts `command` under a keeper, in `directory`, as `user`. */
export function keepServer(
  command: readonly string[],
  directory: string,
  user: ServerUser | undefined,
  log: Log,
): KeptServer {
  const child = spawn('/bin/sh', ['-c', KEEPER, 'upstack-postgres', ...command], {
    ...user,
    cwd: directory,
    // A session of its own, so that Ctrl-C in a terminal reaches only the control room, which stops the server last.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C' },
  });
  child.stdin?.on('error', () => undefined);
  const lines: string[] = [];
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    lines.push(line);
    if (lines.length > LOG_LINES) lines.shift();
    (line.includes('PANIC') ? log.error : log.debug).call(log, { child: 'postgres', line }, 'server log');
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, by) => resolve(by ? `killed by ${by}` : `exited with code ${code}`));
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
    // The keeper leads a process group that includes the postmaster. The other server processes end with the
    // postmaster.
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has already ended.
    }
  }, MAX_STOP_MS);
  await ended;
  clearTimeout(force);
}
