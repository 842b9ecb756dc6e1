/**
 * Client of the Upstack API. Operations are called by name, with the types of the server's operations table. Every
 * failure becomes an `ApiError` with the title and detail of the problem document.
 */
import type { InputOf, OutputOf, ReadingName } from '../../src/access/operation.ts';
import { type Method, type Route, requestOf } from '../../src/access/route.ts';
import { SESSION_PATH } from '../../src/doors/http/paths.ts';
import type { Api } from '../../src/doors/operations.ts';
import { routes } from '../../src/doors/routes.ts';

export type OperationName = keyof Api & string;
/** Operations that only read; a page may repeat them at any time. */
export type ReadName = ReadingName<Api>;
export type Input<Name extends OperationName> = InputOf<Api[Name]>;
export type Answer<Name extends OperationName> = OutputOf<Api[Name]>;

interface ProblemDocument {
  title?: string;
  detail?: string;
}

export class ApiError extends Error {
  /** HTTP status; 0 when no response arrived. */
  readonly status: number;
  readonly title: string;

  constructor(status: number, title: string, detail: string) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.title = title;
  }
}

/** Fails the type check when an operation has no route. */
const ROUTES: Readonly<Record<OperationName, Route>> = routes;

const unauthenticated = new Set<() => void>();

/** Calls the listener whenever a request is rejected as unauthenticated (401). Returns the unsubscribe function. */
export function onUnauthenticated(listener: () => void): () => void {
  unauthenticated.add(listener);
  return () => unauthenticated.delete(listener);
}

/** Calls an operation. Throws an ApiError, or the abort error when `signal` is aborted. */
export async function call<Name extends OperationName>(
  name: Name,
  input: Input<Name>,
  signal?: AbortSignal,
): Promise<Answer<Name>> {
  const { method, path, body } = requestOf(ROUTES[name], input);
  const response = await send(method, path, body, signal);
  if (!response.ok) throw await failure(response, path);
  return (await response.json()) as Answer<Name>;
}

/** Exchanges the token for a session cookie. */
export function logIn(token: string): Promise<void> {
  return changeSession('POST', { token });
}

export function logOut(): Promise<void> {
  return changeSession('DELETE');
}

async function changeSession(method: Method, body?: { token: string }): Promise<void> {
  const response = await send(method, SESSION_PATH, body);
  if (!response.ok) throw await failure(response, SESSION_PATH);
}

async function send(method: Method, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (method !== 'GET') headers['x-upstack-request'] = '1';
  if (body !== undefined) headers['content-type'] = 'application/json';
  try {
    return await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(
      0,
      'The control room is not responding',
      'Is it still running? Start it with "npm start", then retry.',
    );
  }
}

async function failure(response: Response, path: string): Promise<ApiError> {
  if (response.status === 401 && path !== SESSION_PATH) for (const listener of unauthenticated) listener();
  const document = (await response.json().catch(() => ({}))) as ProblemDocument;
  return new ApiError(
    response.status,
    document.title ?? `HTTP ${response.status}`,
    document.detail ?? `${path} returned status ${response.status} without an explanation.`,
  );
}

/** Converts any thrown value to an ApiError, so that pages show all failures alike. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, 'The dashboard failed', error instanceof Error ? error.message : String(error));
}
