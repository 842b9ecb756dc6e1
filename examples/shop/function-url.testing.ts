import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { UrlEvent, UrlResult } from './functions/shared/http.ts';

type Handler = (event: UrlEvent, context: object) => unknown;

/** A function URL's event for one request, in AWS's payload format 2.0. */
export function urlEvent(request: {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  cookies?: string[];
  body?: unknown;
}): UrlEvent {
  const { method = 'GET', path, headers = {}, cookies, body } = request;
  const { pathname, search } = new URL(path, 'http://shop.test');
  return {
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers,
    ...(cookies ? { cookies } : {}),
    requestContext: { http: { method } },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  };
}

/** Serves handlers by name as function URLs on 127.0.0.1 until the test ends; an error of a handler becomes a 502. */
export async function serve(test: Pick<TestContext, 'after'>, handler: Handler): Promise<string> {
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { cookie, ...headers } = request.headers as Record<string, string>;
    const event: UrlEvent = {
      ...urlEvent({ method: request.method ?? 'GET', path: request.url ?? '/', headers }),
      ...(cookie ? { cookies: cookie.split('; ') } : {}),
      ...(body === '' ? {} : { body }),
    };
    try {
      const result = (await handler(event, {})) as UrlResult;
      response.writeHead(result.statusCode, { ...result.headers, 'set-cookie': result.cookies ?? [] });
      response.end(result.body);
    } catch {
      response.writeHead(502).end('{"message":"Internal Server Error"}');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
