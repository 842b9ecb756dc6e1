/**
 * Function URLs in payload format 2.0: the answer that a result becomes.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export interface UrlAnswer {
  status: number;
  headers: Record<string, string | string[]>;
  body: Uint8Array;
  /** What follows the body, part by part as it comes. */
  stream?: AsyncIterable<Uint8Array>;
}

/** The HTTP answer of what the handler returned: a response object, or any other JSON value as the body. Never throws. */
export function urlAnswer(payload: Buffer): UrlAnswer {
  const value = parsed(payload);
  if (value === undefined) return badGateway();
  if (typeof value !== 'object' || value === null || !('statusCode' in value))
    return plainAnswer(value, payload);
  const head = urlAnswerHead(value, 'application/json');
  const { body, isBase64Encoded } = value as Record<string, unknown>;
  const bytes = bodyOf(body, isBase64Encoded === true);
  return head && bytes ? { ...head, body: bytes } : badGateway();
}

/** Status, headers and cookies as the handler gave them; undefined when the status is not one of 200 to 599. */
export function urlAnswerHead(
  { statusCode, headers, cookies }: { statusCode: unknown; headers?: unknown; cookies?: unknown },
  contentType: string,
): Pick<UrlAnswer, 'status' | 'headers'> | undefined {
  const status = typeof statusCode === 'object' ? Number.NaN : Number(statusCode);
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
  return textOf(value).replace(/[^\t\x20-\x7e\x80-\xff]/g, '');
}

/** Nothing for what has no text: an object's member `toString` may be a number, arrays may be nested too deep. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return '';
  }
}

function bodyOf(body: unknown, isBase64: boolean): Buffer | undefined {
  if (body === undefined || body === null) return Buffer.alloc(0);
  try {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return Buffer.from(text, isBase64 ? 'base64' : 'utf8');
  } catch {
    // It can be nested deeper than it can be written again.
    return undefined;
  }
}

/** The JSON value; undefined when it is none. */
export function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
}
