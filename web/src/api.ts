/**
 * Calls of our own API: operations by name, with the types of the server's own table. Every failure becomes an `ApiError`
 * with the problem document's title and detail.
 */
import type { InputOf, OutputOf, ReadingName } from '../../src/access/operation.ts';
import { type Method, type Route, requestOf } from '../../src/access/route.ts';
import { SESSION_PATH } from '../../src/doors/http/paths.ts';
import type { Api } from '../../src/doors/operations.ts';
import { routes } from '../../src/doors/routes.ts';

export type OperationName = keyof Api & string;
/** Operations that change nothing, which a page may ask again at any time. */
export type ReadName = ReadingName<Api>;
export type Input<Name extends OperationName> = InputOf<Api[Name]>;
export type Answer<Name extends OperationName> = OutputOf<Api[Name]>;

interface ProblemDocument {
  title?: string;
  detail?: string;
}

export class ApiError extends Error {
  /** 0 when there was no answer at all. */
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

/** Calls the listener whenever an answer says that the session is over; returns the function that stops it. */
export function onUnauthenticated(listener: () => void): () => void {
  unauthenticated.add(listener);
  return () => unauthenticated.delete(listener);
}

/** Calls an operation. Throws an ApiError, or what aborted the signal. */
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

/** Any thrown value as an ApiError, so that pages show failures in one way. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, 'The dashboard failed', error instanceof Error ? error.message : String(error));
}
