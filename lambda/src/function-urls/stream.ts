import type { StreamedInvocation } from '../invocations/streamed-invocation.ts';
import { badGateway, parsed, type UrlAnswer, urlAnswerHead } from './answer.ts';

const HTTP_INTEGRATION = 'application/vnd.awslambda.http-integration-response';
const SEPARATOR = Buffer.alloc(8);
const MAX_PRELUDE_BYTES = 65_536;
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
  let answer: UrlAnswer | undefined;
  try {
    const { prelude, first } = await readPrelude(reader);
    const head = prelude && urlAnswerHead({ statusCode: 200, ...prelude }, 'application/octet-stream');
    answer = head && { ...head, ...stream(first) };
  } finally {
    // A function that nobody listens to must not be held back.
    if (!answer) await reader.return(undefined);
  }
  return answer ?? badGateway();
}

/** The JSON object before the body, undefined when there is none, and what of the body came with it. */
async function readPrelude(
  reader: AsyncGenerator<Buffer>,
): Promise<{ prelude: Record<string, unknown> | undefined; first: Buffer }> {
  let head = Buffer.alloc(0);
  for (let end = -1; ; end = head.indexOf(SEPARATOR)) {
    if (end >= 0)
      return { prelude: objectOf(head.subarray(0, end)), first: head.subarray(end + SEPARATOR.length) };
    const { value, done } = await reader.next();
    if (done || head.length > MAX_PRELUDE_BYTES) return { prelude: undefined, first: NOTHING };
    head = Buffer.concat([head, value]);
  }
}

function objectOf(json: Buffer): Record<string, unknown> | undefined {
  const value = parsed(json);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** The body from here on. A function that fails on the way breaks the answer off: its status has gone out already. */
async function* rest(first: Buffer, reader: AsyncGenerator<Buffer>, ended: StreamedInvocation['ended']) {
  try {
    if (first.length > 0) yield first;
    yield* reader;
  } finally {
    await reader.return(undefined);
  }
  const { ok } = await ended;
  if (!ok) throw new Error('the function failed while it was writing');
}
