/** A call to another function failed: it timed out, was unreachable, or answered with a server error. */
export class DownstreamFailure extends Error {
  readonly service: string;
  readonly kind: 'timeout' | 'unreachable' | 'failed';

  constructor(service: string, kind: DownstreamFailure['kind'], detail: string, cause?: unknown) {
    super(`${service}: ${detail}`, { cause });
    this.service = service;
    this.kind = kind;
  }
}

export interface Answer {
  status: number;
  body: unknown;
}

/**
 * Calls another function at its URL and returns its JSON response, for any status below 500.
 * Throws a `DownstreamFailure` after `timeoutMs`, on a broken connection, and on a status of 500 or above.
 */
export async function call(
  service: string,
  url: string | URL,
  timeoutMs: number,
  request: { method?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { method = 'GET', body, headers = {} } = request;
  const withBody =
    body === undefined
      ? { headers }
      : { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
  try {
    const response = await fetch(url, { method, ...withBody, signal: AbortSignal.timeout(timeoutMs) });
    const text = await response.text();
    if (response.status >= 500) {
      throw new DownstreamFailure(service, 'failed', `answered ${response.status}`);
    }
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  } catch (error) {
    if (error instanceof DownstreamFailure) throw error;
    if ((error as Error).name === 'TimeoutError') {
      throw new DownstreamFailure(service, 'timeout', `no response within ${timeoutMs} ms`, error);
    }
    throw new DownstreamFailure(service, 'unreachable', (error as Error).message, error);
  }
}

/** A required environment variable, set by `deploy.ts`. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: deploy the shop with deploy.ts`);
  return value;
}
