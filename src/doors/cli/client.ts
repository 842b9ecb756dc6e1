import { resolve } from 'node:path';
import type { InputOf, OutputOf } from '../../access/operation.ts';
import { type Route, type RouteRequest, requestOf } from '../../access/route.ts';
import { keyFile, readKeys } from '../../access/store.ts';
import { Problem } from '../../lib/problem.ts';
import { readInstance } from '../../lib/process/instance.ts';
import type { Api } from '../operations.ts';
import { routes } from '../routes.ts';
import { DEFAULT_DATA, DEFAULT_URL } from './defaults.ts';

/** The address of a running control room, and a token for it. */
export interface Connection {
  url: string;
  token: string;
}

export type OperationName = keyof Api & string;
export type Input<Name extends OperationName> = InputOf<Api[Name]>;
export type Answer<Name extends OperationName> = OutputOf<Api[Name]>;

/** Fails the type check when an operation has no route. */
const ROUTES: Readonly<Record<OperationName, Route>> = routes;

const UNREACHABLE = { status: 503, title: 'The control room is not responding' };

/**
 * Finds the control room through `UPSTACK_URL` and `UPSTACK_TOKEN`, else through the data directory. Throws a Problem
 * that says what to start or set.
 */
export async function connect(options: { data?: string }): Promise<Connection> {
  const { UPSTACK_URL: url, UPSTACK_TOKEN: token } = process.env;
  if (url && token && options.data === undefined) {
    if (URL.canParse(url)) return { url, token };
    throw new Problem(
      'cli.bad-url',
      { status: 400, title: 'Bad URL' },
      `UPSTACK_URL "${url}" must be a URL such as http://host:port`,
    );
  }
  const directory = resolve(options.data ?? DEFAULT_DATA);
  const keys = await readKeys(keyFile(directory));
  if (!keys) {
    throw new Problem(
      'cli.no-control-room',
      { status: 400, title: 'No control room' },
      `no control room in ${directory}: start one with "upstack start", or pass --data DIR, or set UPSTACK_URL and UPSTACK_TOKEN`,
    );
  }
  return { url: (await readInstance(directory))?.url || DEFAULT_URL, token: keys.token };
}

/** Calls an operation by its name. Throws the Problem that the control room returned, or `cli.unreachable`. */
export async function call<Name extends OperationName>(
  connection: Connection,
  name: Name,
  input: Input<Name>,
): Promise<Answer<Name>> {
  const { response, text } = await send(connection, requestOf(ROUTES[name], input));
  if (response.ok) return JSON.parse(text) as Answer<Name>;
  throw problemFrom(response.status, text, response.headers.get('retry-after'));
}

async function send(
  { url, token }: Connection,
  { method, path, body }: RouteRequest,
): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'user-agent': 'upstack-cli',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { response, text: await response.text() };
  } catch (error) {
    throw new Problem(
      'cli.unreachable',
      UNREACHABLE,
      `${url} is not responding: is "upstack start" running?`,
      error,
    );
  }
}

function problemFrom(status: number, text: string, retryAfter: string | null): Problem {
  const document = parse(text);
  const kind = {
    status,
    title: document.title ?? `HTTP ${status}`,
    ...(retryAfter !== null && { retryAfterSeconds: Number(retryAfter) }),
  };
  const code = (document.type ?? '/problems/http/failure').replace('/problems/', '').replace('/', '.');
  return new Problem(code, kind, document.detail ?? `the control room returned status ${status}`);
}

function parse(text: string): { type?: string; title?: string; detail?: string } {
  try {
    return JSON.parse(text) as object;
  } catch {
    return {};
  }
}
