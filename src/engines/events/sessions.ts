/**
 * The pool of engine connections in the events child. A connection is serial, so each request has one to itself.
 * Settings and database persist on a connection, so they are set to those of the request before it runs.
 */
import type { Connection, Native, NativeInsert, NativeResult } from './native.ts';

export interface Statement {
  sql: string;
  /** Wire values of the `{name:Type}` parameters in the SQL. */
  parameters: Record<string, string>;
  settings: Record<string, string>;
  database: string;
  format: string;
  /** Rows of an INSERT whose SQL ends in `FORMAT <name>`. */
  rows: Buffer | undefined;
}

interface Session {
  connection: Connection;
  settings: Record<string, string>;
  database: string;
}

const SESSIONS = 4;
/** Maximum number of requests that wait for a connection. */
const MAX_WAITING = 256;
const DEFAULT_DATABASE = 'default';

export class TooManyRequests extends Error {}

export class Sessions {
  #native: Native;
  #all: Session[];
  #free: Session[];
  #waiting: { insert: boolean; take: (session: Session) => void }[] = [];
  #parameterised: Promise<unknown> = Promise.resolve();

  constructor(native: Native, directory: string, configFile: string) {
    this.#native = native;
    this.#all = Array.from({ length: SESSIONS }, () => ({
      connection: native.CreateConnection(directory, [`--config-file=${configFile}`]),
      settings: {},
      database: DEFAULT_DATABASE,
    }));
    this.#free = [...this.#all];
  }

  /** Runs one statement; rejects with the engine's message, or `TooManyRequests`. */
  async run(statement: Statement): Promise<NativeResult | NativeInsert> {
    const session = await this.#take(statement.rows !== undefined);
    try {
      await this.#prepare(session, statement);
      return await this.#execute(session, statement);
    } finally {
      this.#give(session);
    }
  }

  close(): void {
    for (const { connection } of this.#all) this.#native.CloseConnection(connection);
  }

  /** Inserts go first and have one connection reserved, so that slow queries never delay ingestion. */
  #take(insert: boolean): Promise<Session> {
    const reserved = insert ? 0 : 1;
    if (this.#free.length > reserved) return Promise.resolve(this.#free.pop() as Session);
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.reject(new TooManyRequests(`${MAX_WAITING} requests are already waiting`));
    }
    return new Promise((take) => this.#waiting.push({ insert, take }));
  }

  #give(session: Session): void {
    this.#free.push(session);
    const insert = this.#waiting.findIndex((request) => request.insert);
    const next = insert >= 0 ? insert : this.#free.length > 1 ? 0 : -1;
    const [request] = next >= 0 ? this.#waiting.splice(next, 1) : [];
    if (request) request.take(this.#free.pop() as Session);
  }

  async #prepare(session: Session, { settings, database }: Statement): Promise<void> {
    if (session.database !== database) {
      await this.#native.QueryAsyncConnection(session.connection, `USE ${identifier(database)}`, 'Null');
      session.database = database;
    }
    const names = new Set([...Object.keys(settings), ...Object.keys(session.settings)]);
    for (const name of names) {
      const wanted = settings[name];
      if (session.settings[name] === wanted) continue;
      const value = wanted === undefined ? 'DEFAULT' : literal(wanted);
      await this.#native.QueryAsyncConnection(
        session.connection,
        `SET ${identifier(name)} = ${value}`,
        'Null',
      );
      if (wanted === undefined) delete session.settings[name];
      else session.settings[name] = wanted;
    }
  }

  #execute(
    session: Session,
    { sql, format, parameters, rows }: Statement,
  ): Promise<NativeResult | NativeInsert> {
    if (rows) return this.#native.InsertRawAsyncConnection(session.connection, `${sql}\n`, rows, true);
    if (Object.keys(parameters).length === 0) {
      return this.#native.QueryAsyncConnection(session.connection, sql, format);
    }
    // Concurrent parameterised queries overwrite each other's parameters inside the engine, so they run one at a time.
    const turn = this.#parameterised.then(() =>
      this.#native.QueryAsyncConnection(session.connection, sql, format, parameters),
    );
    this.#parameterised = turn.catch(() => undefined);
    return turn;
  }
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function identifier(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
