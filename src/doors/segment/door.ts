/**
 * The Segment HTTP API: https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/. Unlike Segment,
 * which answers 200 and drops, it answers 200 only for what is on disk, and says which events are invalid and why.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { newId } from '../../lib/ids.ts';
import { Problem } from '../../lib/problem.ts';
import type { Origin } from '../../signals/environment.ts';
import type { SignalRecord } from '../../signals/tables.ts';
import { problemAnswer } from '../http/problem-json.ts';
import { takeRawBodies, unpackedBody, writeKeyOf } from '../otlp/body.ts';
import { problem } from '../otlp/problems.ts';
import { CALLS, type Call, decodeMessages, LARGEST_BATCH_BYTES, MOST_MESSAGES, messagesOf } from './spec.ts';

export interface SegmentDoorOptions {
  signals: { append(records: readonly SignalRecord[]): Promise<void> };
  /** Where what the write key lets in comes from; undefined for a wrong key. */
  admit(writeKey: string): Origin | undefined;
}

/** Invalid events that an answer lists. */
const MOST_SHOWN = 100;

/** Adds `POST /v1/batch` and one route per call. The write key comes as Basic user name, Bearer, or in the body. */
export function segmentDoor(app: FastifyInstance, options: SegmentDoorOptions): void {
  app.register(async (scope) => {
    takeRawBodies(scope, LARGEST_BATCH_BYTES);
    scope.setErrorHandler(sendProblem);
    for (const call of ['batch', ...CALLS] as const) {
      scope.post(`/v1/${call}`, (request, reply) => take(call, request, reply, options));
    }
  });
}

async function take(
  call: Call | 'batch',
  request: FastifyRequest,
  reply: FastifyReply,
  { signals, admit }: SegmentDoorOptions,
): Promise<FastifyReply> {
  const key = writeKeyOf(request);
  const header = key === undefined ? undefined : admit(key);
  if (key !== undefined && !header) throw refused();
  const body = parsed(await unpackedBody(request, LARGEST_BATCH_BYTES));
  const origin = header ?? (typeof body.writeKey === 'string' ? admit(body.writeKey) : undefined);
  if (!origin) throw refused();
  const messages = messagesOf(call, body);
  if (!messages || messages.length === 0 || messages.length > MOST_MESSAGES) {
    throw problem('broken-body', `"batch" must be a list of 1 to ${MOST_MESSAGES} messages`);
  }
  const { records, invalid } = decodeMessages(messages, {
    receivedMs: Date.now(),
    origin,
    newMessageId: () => newId('msg'),
  });
  if (invalid.length > 0) {
    const detail = `${invalid.length} of ${messages.length} events are invalid; none of the request was stored`;
    const { status, headers, body: document } = problemAnswer(problem('invalid-events', detail));
    const answer = { ...document, success: false, events: invalid.slice(0, MOST_SHOWN) };
    return reply.code(status).headers(headers).send(JSON.stringify(answer));
  }
  await signals.append(records);
  return reply.type('application/json').send('{"success":true}');
}

function refused(): Problem {
  return problem(
    'no-write-key',
    'send the write key as Basic user name, Bearer token or "writeKey"; see "upstack env"',
  );
}

function parsed(body: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw problem('broken-body', `the body is not JSON: ${(cause as Error).message}`, cause);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw problem('broken-body', 'the body must be a JSON object');
}

/** Answers what went wrong with the request; a failure of our own is left to the server's handler, which logs it. */
function sendProblem(error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const answer = problemAnswer(error);
  if (answer.status >= 500 && answer.status !== 503) throw error;
  // Segment's clients wait as long as a 429 asks them to, and do not count it as a failed try.
  const busy = error instanceof Problem && error.code === 'signals.spool-full';
  return reply
    .code(busy ? 429 : answer.status)
    .headers(answer.headers)
    .send(JSON.stringify(busy ? { ...answer.body, status: 429 } : answer.body));
}
