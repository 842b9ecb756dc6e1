/**
 * The embedded state engine: the real PostgreSQL from npm, supervised. It is reachable only through a Unix socket in
 * its data directory. That directory is closed to other users, so the socket needs no password.
 */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, open, rename, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Log } from '../../lib/log.ts';
import { Supervisor } from '../../lib/process/supervisor.ts';
import { postgresBinaries, type ServerUser, serverUser } from './binaries.ts';
import { type KeptServer, keepServer } from './keeper.ts';
import { stopLeftover } from './leftover.ts';
import { problem } from './problems.ts';

const USER = 'upstack';
const DATABASE = 'postgres';
const PORT = 5432;
/** Unix socket paths have at most 108 bytes on Linux and 104 on macOS, with the terminating zero. */
const MAX_SOCKET_PATH_BYTES = 103;
const POLL_MS = 15;
const MAX_ATTEMPT_MS = 1_000;
/** Long enough to replay the write-ahead log after a crash. */
const MAX_START_MS = 60_000;
const CONNECTIONS = 40;

/** Server settings: no network, durable, and small. */
const SETTINGS = {
  listen_addresses: '',
  unix_socket_directories: '.',
  unix_socket_permissions: '0700',
  port: String(PORT),
  fsync: 'on',
  max_connections: String(CONNECTIONS),
  shared_buffers: '32MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  io_method: 'sync',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

export interface StateTwin {
  connection: pg.ClientConfig;
  restarts(): number;
  stop(): Promise<void>;
  /** Process id of the keeper; undefined while the server is down. */
  keeperPid(): number | undefined;
  /** The server's data directory. */
  data: string;
}

/**
 * Starts PostgreSQL on `directory/postgres`, and creates the database cluster the first time. Throws `state.no-twin` or
 * `state.not-started`.
 */
export async function startStateTwin(directory: string, log: Log): Promise<StateTwin> {
  const data = join(directory, 'postgres');
  const user = await serverUser(data);
  const native = await postgresBinaries(user);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (!(await exists(join(data, 'PG_VERSION')))) await createCluster(native, data, user);
  const socket = await socketDirectory(data);
  const connection: pg.ClientConfig = { host: socket.path, port: PORT, user: USER, database: DATABASE };
  const supervisor = new Supervisor<KeptServer>('postgres', log, async () => {
    await stopLeftover(data);
    const command = [join(native, 'bin', 'postgres'), '-D', here(data)];
    for (const [name, value] of Object.entries(SETTINGS)) command.push('-c', `${name}=${value}`);
    const server = keepServer(command, data, user, log);
    await untilReady(server, connection);
    return server;
  });
  try {
    await supervisor.start();
  } catch (error) {
    await socket.remove();
    throw error;
  }
  return {
    connection,
    data,
    restarts: () => supervisor.restarts,
    keeperPid: () => supervisor.current?.keeperPid,
    async stop() {
      await supervisor.stop();
      await socket.remove();
    },
  };
}

/**
 * Runs `initdb` beside the final path, then syncs and renames, so that an existing cluster is always complete. The
 * locale is PostgreSQL's own C.UTF-8, which sorts alike on every machine.
 */
async function createCluster(native: string, data: string, user: ServerUser | undefined): Promise<void> {
  const draft = `${data}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  if (user) await chown(draft, user.uid, user.gid);
  const run = promisify(execFile);
  const options = {
    ...user,
    cwd: draft,
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C' },
  };
  const initdb = join(native, 'bin', 'initdb');
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const login = [`--username=${USER}`, '--auth=trust', '--no-instructions', '--no-sync'];
  try {
    await run(initdb, ['-D', here(draft), ...locale, ...login], options);
    await run(initdb, ['-D', here(draft), '--sync-only'], options);
  } catch (cause) {
    const output = String((cause as { stderr?: string }).stderr ?? cause).trim();
    throw problem(
      'not-started',
      `initdb failed in ${draft} (${output}): correct that, or pass a database with --state postgres://…`,
      cause,
    );
  }
  await chmod(draft, 0o700);
  await rename(draft, data);
  const parent = await open(dirname(data));
  await parent.sync().finally(() => parent.close());
}

/**
 * The data directory as passed to the server: its working directory. So it may be below a folder that the server's user
 * cannot enter by name.
 */
export function here(data: string): string {
  return process.platform === 'linux' ? '/proc/self/cwd' : data;
}

/** The directory of the socket: the data directory, or a short link to it if its path is too long for a socket. */
async function socketDirectory(data: string): Promise<{ path: string; remove(): Promise<void> }> {
  if (Buffer.byteLength(join(data, `.s.PGSQL.${PORT}`)) <= MAX_SOCKET_PATH_BYTES) {
    return { path: data, remove: async () => undefined };
  }
  const short = await mkdtemp(join(tmpdir(), 'upstack-'));
  await symlink(data, join(short, 's'));
  return { path: join(short, 's'), remove: () => rm(short, { recursive: true, force: true }) };
}

async function untilReady(server: KeptServer, connection: pg.ClientConfig): Promise<void> {
  let ended: string | undefined;
  void server.ended.then((reason) => {
    ended = reason;
  });
  const deadline = performance.now() + MAX_START_MS;
  for (;;) {
    const failure = await tryConnect(connection);
    if (!failure) return;
    if (ended !== undefined)
      throw problem('not-started', `PostgreSQL did not start (${ended}): ${server.lastLines()}`, failure);
    if (performance.now() > deadline) {
      await server.stop();
      throw problem('not-started', `PostgreSQL is not responding: ${server.lastLines()}`, failure);
    }
    await pause(POLL_MS);
  }
}

async function tryConnect(connection: pg.ClientConfig): Promise<unknown> {
  const limits = { connectionTimeoutMillis: MAX_ATTEMPT_MS, query_timeout: MAX_ATTEMPT_MS };
  const client = new pg.Client({ ...connection, ...limits });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return undefined;
  } catch (error) {
    return error;
  } finally {
    // Not awaited: a server that has died never closes the connection.
    void client.end().catch(() => undefined);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    throw problem('not-started', `${path} cannot be read (${code}): start as its owner`, cause);
  }
}
