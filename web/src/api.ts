/** Calls of our own API. Every failure becomes an `ApiError` with the problem document's title and detail. */

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

type Method = 'GET' | 'POST' | 'DELETE';

const unauthenticated = new Set<() => void>();

/** Calls the listener whenever an answer says that the session is over; returns the function that stops it. */
export function onUnauthenticated(listener: () => void): () => void {
  unauthenticated.add(listener);
  return () => unauthenticated.delete(listener);
}

export async function call<Answer>(
  method: Method,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await send(method, path, body, signal);
  if (!response.ok) throw await failure(response, path);
  if (response.status === 204) return undefined as Answer;
  return (await response.json()) as Answer;
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
      'The control room does not answer',
      'Is it still running? Start it with "npm start", then retry.',
    );
  }
}

async function failure(response: Response, path: string): Promise<ApiError> {
  if (response.status === 401 && path !== '/api/session') for (const listener of unauthenticated) listener();
  const document = (await response.json().catch(() => ({}))) as ProblemDocument;
  return new ApiError(
    response.status,
    document.title ?? `The answer was ${response.status}`,
    document.detail ?? `${path} was answered with status ${response.status} and no explanation.`,
  );
}

/** Any thrown value as an ApiError, so that pages show failures in one way. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, 'The dashboard failed', error instanceof Error ? error.message : String(error));
}
