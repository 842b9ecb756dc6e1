import { badGateway, type UrlAnswer } from './function-url.ts';
import type { StreamedInvocation } from './streamed-invocation.ts';

const HTTP_INTEGRATION = 'application/vnd.awslambda.http-integration-response';
const SEPARATOR = Buffer.alloc(8);
const LONGEST_PRELUDE_BYTES = 65_536;
const NOTHING = Buffer.alloc(0);

/**
 * The HTTP answer of a function URL whose invoke mode is RESPONSE_STREAM: status, headers and cookies from the JSON before
 * the body, if the handler gave one, and the body while it is written.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html
 */
export async function streamedUrlAnswer({
  contentType,
  parts,
  ended,
}: StreamedInvocation): Promise<UrlAnswer> {
  if (contentType === undefined) {
    const { ok, payload } = await ended;
    return ok
      ? { status: 200, headers: { 'content-type': 'application/json' }, body: payload }
      : badGateway();
  }
  const reader = parts[Symbol.asyncIterator]();
  const stream = (first: Buffer) => ({ body: NOTHING, stream: rest(first, reader, ended) });
  if (contentType !== HTTP_INTEGRATION) {
    return { status: 200, headers: { 'content-type': contentType }, ...stream(NOTHING) };
  }
  let head = Buffer.alloc(0);
  for (let end = -1; ; end = head.indexOf(SEPARATOR)) {
    if (end >= 0)
      return { ...preludeOf(head.subarray(0, end)), ...stream(head.subarray(end + SEPARATOR.length)) };
    const { value, done } = await reader.next();
    if (done || head.length > LONGEST_PRELUDE_BYTES) {
      await reader.return(undefined);
      return badGateway();
    }
    head = Buffer.concat([head, value]);
  }
}

/** Status, headers and cookies; what is missing is 200 and none. */
function preludeOf(json: Buffer): Pick<UrlAnswer, 'status' | 'headers'> {
  const { statusCode, headers, cookies } = JSON.parse(json.toString('utf8')) as {
    statusCode?: number;
    headers?: Record<string, unknown>;
    cookies?: unknown[];
  };
  const lower = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return {
    status: statusCode ?? 200,
    headers: {
      'content-type': 'application/octet-stream',
      ...Object.fromEntries(lower),
      ...(cookies && cookies.length > 0 && { 'set-cookie': cookies.map(String) }),
    },
  };
}

/** The body from here on. A function that fails on the way breaks the answer off: its status has gone out already. */
async function* rest(first: Buffer, reader: AsyncGenerator<Buffer>, ended: StreamedInvocation['ended']) {
  if (first.length > 0) yield first;
  yield* reader;
  const { ok } = await ended;
  if (!ok) throw new Error('the function failed while it was writing');
}
