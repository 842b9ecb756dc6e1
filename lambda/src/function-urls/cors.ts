import type { Cors } from '../catalog/records.ts';
import type { UrlAnswer } from './answer.ts';
import type { UrlRequest } from './event.ts';

/**
 * CORS of function URLs. Lambda answers a preflight request itself; to every other answer it adds the configured
 * headers, also when the function sends its own, which then arrive twice.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors
 */
export function preflightAnswer(cors: Cors, request: UrlRequest): UrlAnswer | undefined {
  const { origin, 'access-control-request-method': method } = request.headers;
  if (request.method !== 'OPTIONS' || origin === undefined || method === undefined) return undefined;
  const headers = originHeaders(cors, origin);
  if (headers['access-control-allow-origin'] !== undefined) {
    if (cors.AllowMethods?.length) headers['access-control-allow-methods'] = cors.AllowMethods.join(',');
    if (cors.AllowHeaders?.length) headers['access-control-allow-headers'] = cors.AllowHeaders.join(',');
    if (cors.MaxAge !== undefined) headers['access-control-max-age'] = String(cors.MaxAge);
  }
  return { status: 200, headers, body: Buffer.alloc(0) };
}

/** The answer with the configured headers added, when the request came from an origin that is allowed. */
export function withCors(cors: Cors, request: UrlRequest, answer: UrlAnswer): UrlAnswer {
  const { origin } = request.headers;
  if (origin === undefined) return answer;
  const added = originHeaders(cors, origin);
  if (added['access-control-allow-origin'] !== undefined && cors.ExposeHeaders?.length) {
    added['access-control-expose-headers'] = cors.ExposeHeaders.join(',');
  }
  const headers = { ...answer.headers };
  for (const [name, value] of Object.entries(added)) {
    headers[name] = headers[name] === undefined ? value : [headers[name], value].flat();
  }
  return { ...answer, headers };
}

/** A browser takes no `*` together with credentials, so then the origin is named. */
function originHeaders(cors: Cors, origin: string): Record<string, string> {
  const origins = cors.AllowOrigins ?? [];
  const isAny = origins.includes('*');
  if (isAny && !cors.AllowCredentials) return { 'access-control-allow-origin': '*' };
  // The answer depends on who asks, also when the answer is no.
  if (!isAny && !origins.includes(origin)) return { vary: 'Origin' };
  return {
    'access-control-allow-origin': origin,
    ...(cors.AllowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    vary: 'Origin',
  };
}
