/**
 * The embedded events engine: chDB, the ClickHouse engine as a library, in a supervised child process. The child serves
 * ClickHouse's HTTP interface on loopback to holders of the token. The control room itself never loads the library.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { newSecret } from '../../lib/crypto/secret.ts';
import type { Log } from '../../lib/log.ts';
import type { Problem } from '../../lib/problem.ts';
import { type Running, Supervisor } from '../../lib/process/supervisor.ts';
import type { ChildMessage, ChildOrder } from './child-protocol.ts';
import { problem } from './problems.ts';

const MB = 1024 * 1024;
/** The engine's memory limit is a quarter of the machine's memory, within these bounds. */
const MIN_MEMORY_BYTES = 700 * MB;
const MAX_MEMORY_BYTES = 2048 * MB;
const THREADS = 12;
/** How long to wait for a dying predecessor to release the directory. */
const MAX_LOCK_WAIT_MS = 8_000;
/** A child that takes longer to stop is killed. */
const MAX_STOP_MS = 3_000;
const LOCK_POLL_MS = 100;

export interface Endpoint {
  url: string;
  token: string;
}

export interface EventsTwin {
  /** The child's address; undefined while it is down. The port changes with every start. */
  endpoint(): Endpoint | undefined;
  restarts(): number;
  pid(): number | undefined;
  stop(): Promise<void>;
}

interface RunningChild extends Running {
  endpoint: Endpoint;
  pid: number;
}

/**
 * Starts the child on `directory`. Throws `events.no-twin` if the library is not installed, or `events.not-started`.
 */
export async function startEventsTwin(directory: string, log: Log): Promise<EventsTwin> {
  const data = join(directory, 'data');
  const configFile = join(directory, 'config.xml');
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writeFile(configFile, engineConfig(), { mode: 0o600 });
  const supervisor = new Supervisor<RunningChild>('events', log, () => startUnlocked(data, configFile, log));
  await supervisor.start();
  return {
    endpoint: () => supervisor.current?.endpoint,
    restarts: () => supervisor.restarts,
    pid: () => supervisor.current?.pid,
    stop: () => supervisor.stop(),
  };
}

/** Caps memory, because the engine's default is nearly all of the machine's memory. */
function engineConfig(): string {
  const memory = Math.round(Math.min(MAX_MEMORY_BYTES, Math.max(MIN_MEMORY_BYTES, totalmem() / 4)));
  return `<clickhouse>
  <max_server_memory_usage>${memory}</max_server_memory_usage>
  <mark_cache_size>${64 * MB}</mark_cache_size>
  <background_pool_size>4</background_pool_size>
  <merge_tree>
    <number_of_free_entries_in_pool_to_execute_mutation>2</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>2</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>2</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>
</clickhouse>
`;
}

async function startUnlocked(data: string, configFile: string, log: Log): Promise<RunningChild> {
  const deadline = performance.now() + MAX_LOCK_WAIT_MS;
  for (;;) {
    const started = await startChild(data, configFile, log);
    if ('endpoint' in started) return started;
    if (started.reason !== 'locked' || performance.now() > deadline) throw failure(started, data);
    await pause(LOCK_POLL_MS);
  }
}

type Failed = Extract<ChildMessage, { kind: 'failed' }>;

function failure({ reason, message }: Failed, data: string): Problem {
  if (reason === 'no-library') {
    const platform = `${process.platform}-${process.arch}`;
    return problem(
      'no-twin',
      `chDB is not installed for ${platform}: pass the URL of an events engine with --events (${message})`,
    );
  }
  const why = reason === 'locked' ? `another process uses ${data}: stop it, or pass another --data` : message;
  return problem('not-started', why);
}

async function startChild(data: string, configFile: string, log: Log): Promise<RunningChild | Failed> {
  const child = fork(join(import.meta.dirname, `child${extname(import.meta.filename)}`), [], {
    execArgv: [],
    // A session of its own, so that Ctrl-C in a terminal reaches only the control room, which stops the engine last.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH ?? '', TZ: 'UTC', UV_THREADPOOL_SIZE: String(THREADS) },
  });
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    log.debug({ child: 'events', line }, 'engine log');
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, by) => resolve(by ? `killed by ${by}` : `exited with code ${code}`));
  });
  const token = newSecret();
  const said = new Promise<ChildMessage>((resolve) => child.once('message', resolve as (m: unknown) => void));
  order(child, { kind: 'open', directory: data, configFile, token });
  const early = ended.then(
    (reason): Failed => ({
      kind: 'failed',
      reason: 'broken',
      message: `the child process ended early: ${reason}`,
    }),
  );
  const message = await Promise.race([said, early]);
  if (message.kind === 'failed') {
    child.kill('SIGKILL');
    await ended;
    return message;
  }
  const endpoint = { url: `http://127.0.0.1:${message.port}`, token };
  return { ended, endpoint, pid: child.pid ?? 0, stop: () => stopChild(child, ended) };
}

async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<void> {
  order(child, { kind: 'close' });
  const force = setTimeout(() => child.kill('SIGKILL'), MAX_STOP_MS);
  await ended;
  clearTimeout(force);
}

function order(child: ChildProcess, message: ChildOrder): void {
  child.send(message, () => undefined);
}
