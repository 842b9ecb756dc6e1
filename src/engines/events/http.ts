/**
 * ClickHouse's HTTP interface over the embedded engine: https://clickhouse.com/docs/interfaces/http. Not supported:
 * users and roles, sessions across requests, progress headers, streaming of results, and native compression.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { sameSecret } from '../../lib/crypto/secret.ts';
import { bindLiterals } from './bind.ts';
import { type Sessions, type Statement, TooManyRequests } from './sessions.ts';

const MAX_BODY_BYTES = 256 * 1024 * 1024;
/** Parameters of the interface itself; all others are settings of the query. */
const INTERFACE_PARAMETERS = new Set(
  `query query_id database default_format user password quota_key role session_id session_timeout session_check
  compress decompress stacktrace enable_http_compression http_zlib_compression_level wait_end_of_query buffer_size
  send_progress_in_http_headers http_headers_progress_interval_ms client_protocol_version close_session`.split(
    /\s+/,
  ),
);
const READ_ONLY = /^\s*(SELECT|WITH|SHOW|DESC|DESCRIBE|EXISTS|EXPLAIN)\b/i;
const INSERT_FORMAT = /^\s*INSERT\s+INTO\b.*\bFORMAT\s+\w+\s*;?\s*$/is;
/** HTTP status per ClickHouse error code, as in its HTTPHandler; all others are 500. */
const STATUS_OF_CODE: Record<string, number> = {
  '516': 401,
  '164': 403,
  '60': 404,
  '81': 404,
  '202': 429,
  '159': 408,
  '27': 400,
  '36': 400,
  '41': 400,
  '47': 400,
  '53': 400,
  '62': 400,
  '72': 400,
  '115': 400,
  '117': 400,
  '456': 400,
};

class Refused extends Error {}

/** Serves requests that carry the token. All others get 401. */
export function requestHandler(sessions: Sessions, token: string) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    answer(sessions, token, request, response).catch((error: unknown) => fail(response, error));
  };
}

async function answer(
  sessions: Sessions,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (!sameSecret(givenToken(request, url), token)) {
    request.resume();
    throw new Refused('Code: 516. DB::Exception: the token is missing or wrong. (AUTHENTICATION_FAILED)');
  }
  if (url.pathname === '/ping') return void response.end('Ok.\n');
  const body = await bodyOf(request);
  const statement = statementOf(request.method ?? 'GET', url.searchParams, body);
  if (!statement) return void response.end('Ok.\n');
  const started = performance.now();
  const result = await sessions.run(statement);
  const wrote = 'rowsWritten' in result;
  const summary = {
    read_rows: String(wrote ? 0 : result.rowsRead),
    read_bytes: String(wrote ? 0 : result.bytesRead),
    written_rows: String(wrote ? result.rowsWritten : 0),
    written_bytes: String(wrote ? result.bytesWritten : 0),
    total_rows_to_read: '0',
    result_rows: String(wrote ? result.rowsWritten : result.rowsRead),
    result_bytes: String(wrote ? result.bytesWritten : result.bytes.length),
    elapsed_ns: String(Math.round((performance.now() - started) * 1e6)),
  };
  response.setHeader('X-ClickHouse-Summary', JSON.stringify(summary));
  response.setHeader('X-ClickHouse-Query-Id', url.searchParams.get('query_id') ?? '');
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  await send(request, url, response, wrote ? new Uint8Array() : result.bytes);
}

async function send(
  request: IncomingMessage,
  url: URL,
  response: ServerResponse,
  bytes: Uint8Array,
): Promise<void> {
  const wanted = url.searchParams.get('enable_http_compression') === '1';
  if (!wanted || !/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    return void response.setHeader('Content-Length', bytes.length).end(bytes);
  }
  const packed = await promisify(gzip)(bytes);
  response.setHeader('Content-Encoding', 'gzip').setHeader('Content-Length', packed.length).end(packed);
}

/** The statement of a request; undefined for the bare address, which answers "Ok.". */
function statementOf(method: string, parameters: URLSearchParams, body: Buffer): Statement | undefined {
  const query = parameters.get('query') ?? '';
  const insert = body.length > 0 && INSERT_FORMAT.test(query);
  const sql = insert ? query : [query, body.toString('utf8')].filter((part) => part !== '').join('\n');
  if (sql.trim() === '') return undefined;
  if (method === 'GET' && !READ_ONLY.test(sql)) {
    throw new Refused('Code: 164. DB::Exception: GET is read-only: use POST. (READONLY)');
  }
  const bound: Record<string, string> = {};
  const settings: Record<string, string> = {};
  for (const [name, value] of parameters) {
    if (name.startsWith('param_')) bound[name.slice('param_'.length)] = value;
    else if (!INTERFACE_PARAMETERS.has(name)) settings[name] = value;
  }
  const format = parameters.get('default_format') ?? 'TabSeparated';
  const database = parameters.get('database') ?? 'default';
  return { ...bindLiterals(sql, bound), settings, database, format, rows: insert ? body : undefined };
}

function givenToken(request: IncomingMessage, url: URL): string {
  const key = request.headers['x-clickhouse-key'];
  if (typeof key === 'string') return key;
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (basic !== undefined)
    return Buffer.from(basic, 'base64')
      .toString('utf8')
      .replace(/^[^:]*:/, '');
  return url.searchParams.get('password') ?? '';
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity' || body.length === 0) return body;
  if (encoding !== 'gzip') {
    throw new Refused(
      `Code: 48. DB::Exception: the encoding ${encoding} is not supported. (NOT_IMPLEMENTED)`,
    );
  }
  return promisify(gunzip)(body, { maxOutputLength: MAX_BODY_BYTES }).catch(() => {
    throw new Refused('Code: 117. DB::Exception: the body is not gzip, or too large. (INCORRECT_DATA)');
  });
}

function tooLarge(): Refused {
  return new Refused(`Code: 117. DB::Exception: the body exceeds ${MAX_BODY_BYTES} bytes. (INCORRECT_DATA)`);
}

function fail(response: ServerResponse, error: unknown): void {
  const said = error instanceof Error ? error.message : String(error);
  const message =
    error instanceof TooManyRequests
      ? `Code: 202. DB::Exception: ${said}. (TOO_MANY_SIMULTANEOUS_QUERIES)`
      : said;
  const code = /Code: (\d+)/.exec(message)?.[1] ?? '1002';
  if (response.headersSent) return void response.destroy();
  const text = message.includes('Code: ')
    ? message
    : `Code: 1002. DB::Exception: ${message}. (UNKNOWN_EXCEPTION)`;
  response.writeHead(STATUS_OF_CODE[code] ?? 500, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'X-ClickHouse-Exception-Code': code,
  });
  response.end(`${text}\n`);
}
