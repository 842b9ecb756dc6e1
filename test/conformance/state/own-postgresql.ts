/**
 * A PostgreSQL of one's own, as a team has it: the server of the system's packages, reached by `postgres://` with a
 * password, and a role that owns its database and may nothing else. Each has a cluster of its own in a temporary
 * directory and a free port of loopback; clusters of the system are never touched.
 */
import { execFile } from 'node:child_process';
import { accessSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { serverUser } from '../../../src/engines/state/binaries.ts';
import { type KeptServer, keepServer } from '../../../src/engines/state/keeper.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { until } from '../../until.ts';

/** Where Debian's packages install servers, by major version. */
const INSTALLED = '/usr/lib/postgresql';
const MIN_VERSION = 15;
const PASSWORD = 'p@ss/word';

const binaries = oldestServer();

/** Why tests with an own PostgreSQL are skipped, or false. */
export const noServer: string | false =
  binaries === undefined
    ? `no PostgreSQL ${MIN_VERSION} or later in ${INSTALLED}: install "postgresql"`
    : false;

/** The binaries of the oldest server that is supported: what works there works on later ones. */
function oldestServer(): string | undefined {
  try {
    const versions = readdirSync(INSTALLED).map(Number);
    const version = Math.min(...versions.filter((number) => number >= MIN_VERSION));
    const directory = join(INSTALLED, String(version), 'bin');
    for (const name of ['initdb', 'postgres']) accessSync(join(directory, name));
    return directory;
  } catch {
    return undefined;
  }
}

export class OwnPostgresql {
  /** The URL for `--state`, of the role that owns the database. */
  readonly url: string;
  readonly #directory: string;
  readonly #port: number;
  #server: KeptServer | undefined;

  private constructor(directory: string, port: number) {
    this.#directory = directory;
    this.#port = port;
    this.url = `postgres://upstack:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/upstack`;
  }

  static async start(): Promise<OwnPostgresql> {
    const directory = await mkdtemp(join(tmpdir(), 'upstack-own-postgresql-'));
    const own = new OwnPostgresql(directory, await freePort());
    try {
      await own.#createCluster();
      await own.startServer();
      const admin = await own.connect();
      await admin.query(`create role upstack login password '${PASSWORD}'`);
      await admin.query('create database upstack owner upstack');
      await admin.end();
    } catch (error) {
      await own.stop();
      throw error;
    }
    return own;
  }

  /** A client that may do everything, on the database `postgres` unless told. */
  async connect(database = 'postgres'): Promise<pg.Client> {
    const address = { host: '127.0.0.1', port: this.#port, database };
    const client = new pg.Client({ ...address, user: 'admin', password: PASSWORD });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async startServer(): Promise<void> {
    const command = [join(binaries as string, 'postgres'), '-D', join(this.#directory, 'data')];
    command.push('-p', String(this.#port), '-h', '127.0.0.1', '-k', '');
    const user = await serverUser(this.#directory);
    const server = keepServer(command, this.#directory, user, silentLog);
    this.#server = server;
    await until('an answer of PostgreSQL', async () => {
      const client = await this.connect();
      await client.end();
      return true;
    }).catch((cause) => {
      throw new Error(server.lastLines(), { cause });
    });
  }

  async stopServer(): Promise<void> {
    await this.#server?.stop();
  }

  async stop(): Promise<void> {
    await this.stopServer();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #createCluster(): Promise<void> {
    const user = await serverUser(this.#directory);
    const password = join(this.#directory, 'password');
    await writeFile(password, PASSWORD);
    if (user) for (const path of [this.#directory, password]) await chown(path, user.uid, user.gid);
    const login = ['--username=admin', '--auth=scram-sha-256', `--pwfile=${password}`];
    const locale = ['--encoding=UTF8', '--locale=C.UTF-8'];
    const options = { ...user, cwd: this.#directory };
    const data = join(this.#directory, 'data');
    await promisify(execFile)(
      join(binaries as string, 'initdb'),
      ['-D', data, ...login, ...locale, '--no-sync'],
      options,
    );
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
