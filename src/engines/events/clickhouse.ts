import { ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { Problem } from '../../lib/problem.ts';
import type { Health } from '../health.ts';
import type { EventsBatch, EventsEngine } from './engine.ts';
import { problem } from './problems.ts';
import type { Endpoint } from './twin.ts';

type Client = ReturnType<typeof createClient>;

const REQUEST_TIMEOUT_MS = 60_000;
const COMMAND_TIMEOUT_MS = 24 * 3_600_000;
/** Long enough that a busy engine does not count as down. */
const HEALTH_TIMEOUT_MS = 5_000;
const CONNECTIONS = 16;

export interface ClickHouseOptions {
  /** The current address of the engine; undefined while it is down. */
  endpoint: () => Endpoint | { url: string } | undefined;
  /** Restarts of the embedded engine; absent for a remote one. */
  restarts?: () => number;
}

export interface ClickHouseEngine extends EventsEngine {
  /** Runs a statement that returns nothing and may take hours: a migration copies whole tables. */
  command(sql: string): Promise<void>;
}

/** An events engine over ClickHouse's HTTP interface. Connects on first use. */
export function openClickHouse({ endpoint, restarts }: ClickHouseOptions): ClickHouseEngine {
  let client: Client | undefined;
  let connectedTo: string | undefined;

  function now(): Endpoint | { url: string } {
    const found = endpoint();
    if (found) return found;
    throw problem('unavailable', 'the events engine is restarting: try again in a moment');
  }

  function connected(): Client {
    const current = now();
    if (client && connectedTo === current.url) return client;
    void client?.close();
    client = clientFor(current, restarts !== undefined, REQUEST_TIMEOUT_MS);
    connectedTo = current.url;
    return client;
  }

  async function attempt<Result>(work: (connected: Client) => Promise<Result>): Promise<Result> {
    try {
      return await work(connected());
    } catch (error) {
      throw translated(error);
    }
  }

  return {
    insert: (batch) => attempt((connection) => insertBatch(connection, batch)),
    query: <Row>(sql: string, parameters: Record<string, unknown> = {}) =>
      attempt(async (connection) => {
        const result = await connection.query({
          query: sql,
          query_params: parameters,
          format: 'JSONEachRow',
        });
        return result.json<Row>();
      }),
    command: (sql) => attempt(() => runCommand(now(), restarts !== undefined, sql)),
    health: () => healthOf(() => attempt(version), restarts),
    async close() {
      await client?.close();
    },
  };
}

/** With a client of its own, because a timeout belongs to a client. */
async function runCommand(
  endpoint: Endpoint | { url: string },
  embedded: boolean,
  sql: string,
): Promise<void> {
  const client = clientFor(endpoint, embedded, COMMAND_TIMEOUT_MS);
  try {
    await client.command({ query: sql });
  } finally {
    await client.close();
  }
}

function clientFor(endpoint: Endpoint | { url: string }, embedded: boolean, timeoutMs: number): Client {
  return createClient({
    url: endpoint.url,
    ...('token' in endpoint ? { username: 'default', password: endpoint.token } : {}),
    request_timeout: timeoutMs,
    max_open_connections: CONNECTIONS,
    // On loopback, compression costs more than it saves.
    compression: { request: !embedded, response: !embedded },
    clickhouse_settings: {
      output_format_json_quote_64bit_integers: 1,
      max_execution_time: timeoutMs / 1000,
      // Errors must arrive as a status, not in the middle of a response.
      wait_end_of_query: 1,
    },
    log: { level: ClickHouseLogLevel.OFF },
  });
}

async function insertBatch(client: Client, { table, columns, rows, token }: EventsBatch): Promise<void> {
  const [first, ...others] = columns;
  if (rows.length === 0 || first === undefined) return;
  await client.insert({
    table,
    columns: [first, ...others],
    values: rows as unknown[][],
    format: 'JSONCompactEachRow',
    clickhouse_settings: {
      insert_deduplicate: 1,
      insert_deduplication_token: token,
      deduplicate_blocks_in_dependent_materialized_views: 1,
      async_insert: 0,
    },
  });
}

async function version(client: Client): Promise<string> {
  const abort = AbortSignal.timeout(HEALTH_TIMEOUT_MS);
  const result = await client.query({
    query: 'SELECT version() AS v',
    format: 'JSONEachRow',
    abort_signal: abort,
  });
  const [row] = await result.json<{ v: string }>();
  return row?.v ?? '?';
}

async function healthOf(ask: () => Promise<string>, restarts: (() => number) | undefined): Promise<Health> {
  const common = { engine: 'events', restarts: restarts?.() ?? 0 } as const;
  try {
    return { ...common, ok: true, detail: `ClickHouse ${await ask()}, ${restarts ? 'embedded' : 'remote'}` };
  } catch (error) {
    return { ...common, ok: false, detail: (error as Error).message };
  }
}

/** ClickHouse codes of temporary failures: too many queries or parts, network, replicas, keeper. */
const TEMPORARY = new Set(['202', '203', '209', '210', '242', '252', '279', '319', '425', '999']);
/** Timeout, out of memory, or over a limit on rows or bytes read. */
const TOO_EXPENSIVE = new Set(['158', '159', '160', '241', '307', '396']);
/** Rows that do not fit the table's types; retrying does not help. */
const BAD_ROWS = new Set([
  '6',
  '25',
  '26',
  '27',
  '33',
  '38',
  '41',
  '53',
  '69',
  '70',
  '72',
  '117',
  '128',
  '130',
  '131',
  '190',
  '321',
  '349',
  '407',
  '467',
]);

/** Converts errors of the engine to Problems. Other ClickHouse errors are returned unchanged. */
function translated(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if ((error as Partial<Problem>).name === 'Problem') return error;
  if (error instanceof ClickHouseError) {
    if (TEMPORARY.has(error.code)) return unavailable(error);
    if (TOO_EXPENSIVE.has(error.code)) {
      return problem('too-expensive', `the events engine stopped the query: ${error.message}`, error);
    }
    return BAD_ROWS.has(error.code) ? problem('refused-rows', error.message, error) : error;
  }
  // The client throws the socket's error, or a response that is not ClickHouse's (of a proxy): the engine is
  // unreachable.
  return unavailable(error);
}

function unavailable(error: Error): Problem {
  const { code } = error as { code?: string };
  const why = error.message === '' ? (code ?? error.name) : error.message;
  return problem('unavailable', `the events engine is not responding (${why}): try again in a moment`, error);
}
