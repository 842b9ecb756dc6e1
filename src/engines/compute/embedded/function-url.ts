/**
 * Function URLs in payload format 2.0, both ways.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export interface UrlRequest {
  method: string;
  /** Path as sent, with its percent-encoding. */
  path: string;
  /** Query as sent, without the question mark. */
  query: string;
  /** Names in lower case; several values joined by `,` (cookies by `; `). */
  headers: Record<string, string>;
  body: Uint8Array;
  sourceIp: string;
  /** Host with its port, as sent. */
  host: string;
  /** The access key of a verified signature; undefined when nobody signed. */
  accessKeyId?: string;
}

export interface UrlAnswer {
  status: number;
  headers: Record<string, string | string[]>;
  body: Uint8Array;
  /** What follows the body, part by part as it comes. */
  stream?: AsyncIterable<Uint8Array>;
}

export interface EventInput {
  urlId: string;
  /** Twelve digits. */
  accountId: string;
  requestId: string;
  traceId: string;
  nowMs: number;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The event that the handler gets. */
export function urlEvent(request: UrlRequest, input: EventInput): object {
  const { cookie, ...headers } = request.headers;
  const query = new URLSearchParams(request.query);
  const isText = isTextual(headers['content-type']) && !headers['content-encoding'];
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: request.path,
    rawQueryString: request.query,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/).filter((c) => c !== '') }),
    headers: {
      ...headers,
      'x-amzn-trace-id': input.traceId,
      'x-forwarded-for': request.sourceIp,
      'x-forwarded-proto': 'http',
    },
    ...(query.size === 0 ? {} : { queryStringParameters: joinedValues(query) }),
    requestContext: {
      ...callerOf(request, input.accountId),
      apiId: input.urlId,
      domainName: request.host,
      domainPrefix: input.urlId,
      http: {
        method: request.method,
        path: request.path,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: input.requestId,
      routeKey: '$default',
      stage: '$default',
      time: clockText(input.nowMs),
      timeEpoch: Math.round(input.nowMs),
    },
    ...(request.body.length === 0 ? {} : { body: encoded(request.body, isText) }),
    isBase64Encoded: request.body.length > 0 && !isText,
  };
}

/** Who calls: nobody known, or the account's key. */
function callerOf({ accessKeyId }: UrlRequest, accountId: string): object {
  if (accessKeyId === undefined) return { accountId: 'anonymous' };
  const iam = {
    accessKey: accessKeyId,
    accountId,
    callerId: accountId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: `arn:aws:iam::${accountId}:root`,
    userId: accountId,
  };
  return { accountId, authorizer: { iam } };
}

/** The HTTP answer of what the handler returned: a response object, or any other JSON value as the body. */
export function urlAnswer(payload: Buffer): UrlAnswer {
  const value = parsed(payload);
  if (value === undefined) return badGateway();
  if (typeof value !== 'object' || value === null || !('statusCode' in value))
    return plainAnswer(value, payload);
  const head = urlAnswerHead(value, 'application/json');
  if (!head) return badGateway();
  const { body, isBase64Encoded } = value as Record<string, unknown>;
  return { ...head, body: bodyOf(body, isBase64Encoded === true) };
}

/** Status, headers and cookies as the handler gave them; undefined when the status is not one of 200 to 599. */
export function urlAnswerHead(
  { statusCode, headers, cookies }: { statusCode: unknown; headers?: unknown; cookies?: unknown },
  contentType: string,
): Pick<UrlAnswer, 'status' | 'headers'> | undefined {
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  return {
    status,
    headers: {
      'content-type': contentType,
      ...headersOf(headers),
      ...(Array.isArray(cookies) && cookies.length > 0 && { 'set-cookie': cookies.map(clean) }),
    },
  };
}

/** The function failed, or returned something that is no HTTP answer. */
export function badGateway(): UrlAnswer {
  return messageAnswer(502, 'Internal Server Error');
}

export function messageAnswer(status: number, Message: string): UrlAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ Message })),
  };
}

function plainAnswer(value: unknown, payload: Buffer): UrlAnswer {
  const headers = { 'content-type': 'application/json' };
  return { status: 200, headers, body: typeof value === 'string' ? Buffer.from(value) : payload };
}

function headersOf(headers: unknown): Record<string, string> {
  if (typeof headers !== 'object' || headers === null) return {};
  const entries = Object.entries(headers).filter(([name]) => /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name));
  const kept = entries.filter(([name]) => !CONNECTION_HEADERS.has(name.toLowerCase()));
  return Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), clean(value)]));
}

/** What belongs to the connection is the server's to say, not the function's. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** A header value without what would end the line. */
function clean(value: unknown): string {
  return String(value).replace(/[^\t\x20-\x7e\x80-\xff]/g, '');
}

function bodyOf(body: unknown, isBase64: boolean): Buffer {
  if (body === undefined || body === null) return Buffer.alloc(0);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return Buffer.from(text, isBase64 ? 'base64' : 'utf8');
}

/** The JSON value; undefined when it is none. */
export function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
}

function encoded(body: Uint8Array, isText: boolean): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return bytes.toString(isText ? 'utf8' : 'base64');
}

function isTextual(contentType: string | undefined): boolean {
  if (contentType === undefined) return false;
  return (
    /^(text\/|application\/(.*\+)?(json|xml)\b|application\/(javascript|x-www-form-urlencoded)\b)/i.test(
      contentType,
    ) && !/^application\/x-www-form-urlencoded/i.test(contentType)
  );
}

function joinedValues(query: URLSearchParams): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const name of new Set(query.keys())) joined[name] = query.getAll(name).join(',');
  return joined;
}

/** Common Log Format, as in AWS: `31/Jan/2026:12:00:00 +0000`. */
function clockText(ms: number): string {
  const date = new Date(ms);
  const two = (number: number) => String(number).padStart(2, '0');
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${time} +0000`;
}
