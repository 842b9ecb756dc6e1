import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Log } from '../../lib/log.ts';
import type { Health } from '../health.ts';
import type { StateEngine } from './engine.ts';
import { problem } from './problems.ts';

const CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 3_000;
/** Maximum duration of a statement, and of an idle transaction. */
const STATEMENT_TIMEOUT_MS = 30_000;

export interface PostgresOptions {
  /** A `postgres://` URL, or the connection settings of the embedded server. */
  connection: string | pg.ClientConfig;
  log: Log;
  /** Restarts of the embedded server; absent for a remote one. */
  restarts?: () => number;
}

export interface PostgresEngine extends StateEngine {
  pool: pg.Pool;
}

/** A state engine over a connection pool. Connects on first use. */
export function openPostgres({ connection, log, restarts }: PostgresOptions): PostgresEngine {
  const pool = new pg.Pool({
    ...(typeof connection === 'string' ? { connectionString: connection } : connection),
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    types: { getTypeParser },
  });
  // The pool drops an idle connection that breaks. Without a listener its error would end the process.
  pool.on('error', (error) => log.debug({ engine: 'state', error: error.message }, 'idle connection broke'));
  pool.on('connect', (client) => client.on('error', () => undefined));
  const database = new Kysely<never>({ dialect: new PostgresDialect({ pool }) });
  return {
    pool,
    run: (work) => orProblem(() => work(database as never)),
    transaction: (work) => orProblem(() => database.transaction().execute((inside) => work(inside as never))),
    health: () => healthOf(pool, restarts),
    close: () => database.destroy(),
  };
}

/** 64-bit integers are parsed as numbers: they are counts, far below 2^53. All other types are parsed as in `pg`. */
const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === pg.types.builtins.INT8
    ? Number
    : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser;

async function orProblem<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw unreachable(error)
      ? problem(
          'unavailable',
          `PostgreSQL is not responding (${(error as Error).message}): try again in a moment`,
          error,
        )
      : error;
  }
}

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** PostgreSQL appendix A: shutdown, crash, startup, dropped, too many connections; class 08 is connection errors. */
const SERVER_CODES = /^(57P0[1-5]|53300|08...)$/;
const BROKEN =
  /connection (terminated|timeout|error|ended)|timeout exceeded when trying to connect|not queryable/i;

/** Whether the error means that the database was unreachable, rather than that it rejected the statement. */
export function unreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as { code?: string; syscall?: string };
  if (error instanceof AggregateError) return error.errors.every(unreachable);
  if (code !== undefined && NETWORK_CODES.has(code)) return code !== 'ENOENT' || syscall === 'connect';
  if (code !== undefined) return SERVER_CODES.test(code);
  return BROKEN.test(error.message);
}

async function healthOf(pool: pg.Pool, restarts: (() => number) | undefined): Promise<Health> {
  const common = { engine: 'state', restarts: restarts?.() ?? 0 } as const;
  try {
    const { rows } = await pool.query<{ version: string }>(
      "select current_setting('server_version') as version",
    );
    const version = rows[0]?.version.split(' ')[0] ?? '?';
    return { ...common, ok: true, detail: `PostgreSQL ${version}, ${restarts ? 'embedded' : 'remote'}` };
  } catch (error) {
    return { ...common, ok: false, detail: `PostgreSQL is not responding: ${(error as Error).message}` };
  }
}
