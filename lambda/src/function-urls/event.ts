/**
 * Function URLs in payload format 2.0: the event that a request becomes.
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
