/**
 * OTLP over HTTP for traces, in protobuf and JSON: https://opentelemetry.io/docs/specs/otlp/#otlphttp. Every answer is in
 * the encoding of its request; errors are a google.rpc.Status.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../../lib/problem.ts';
import type { Origin, Receipt } from '../../signals/environment.ts';
import type { SignalRecord } from '../../signals/tables.ts';
import type { DecodedTraces } from '../../signals/traces/otlp.ts';
import { tracesOfJson } from '../../signals/traces/otlp-json.ts';
import { statusBytes, traceResponseBytes, tracesOfProtobuf } from '../../signals/traces/otlp-protobuf.ts';
import { takeRawBodies, unpackedBody, writeKeyOf } from './body.ts';
import { problem } from './problems.ts';

export interface OtlpDoorOptions {
  signals: { append(records: readonly SignalRecord[]): Promise<void> };
  /** Where what the write key lets in comes from; undefined for a wrong key. */
  admit(writeKey: string): Origin | undefined;
}

const LARGEST_BODY_BYTES = 8 * 1024 * 1024;
const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
/** google.rpc.Code for an HTTP status; others are UNKNOWN (2). */
const CODE_OF_STATUS: Record<number, number> = { 400: 3, 401: 16, 404: 12, 413: 8, 415: 3, 429: 8, 503: 14 };

/** Adds `POST /v1/traces`, and clear refusals for `/v1/logs` and `/v1/metrics`. */
export function otlpDoor(app: FastifyInstance, { signals, admit }: OtlpDoorOptions): void {
  app.register(async (scope) => {
    takeRawBodies(scope, LARGEST_BODY_BYTES);
    scope.setErrorHandler(sendStatus);
    const originOf = (request: FastifyRequest): Origin => {
      const key = writeKeyOf(request);
      const origin = key === undefined ? undefined : admit(key);
      if (origin) return origin;
      throw problem('no-write-key', 'send "authorization: Bearer <write key>"; "upstack env" prints the key');
    };
    scope.addHook('onRequest', async (request) => void originOf(request));
    scope.post('/v1/traces', async (request, reply) => {
      const body = await unpackedBody(request, LARGEST_BODY_BYTES);
      const decoded = decode(request, body, { receivedMs: Date.now(), origin: originOf(request) });
      await signals.append(decoded.records);
      return sendSuccess(request, reply, decoded);
    });
    for (const kind of ['logs', 'metrics']) {
      scope.post(`/v1/${kind}`, async () => {
        throw problem('not-taken', `${kind} are not taken yet: send traces to /v1/traces`);
      });
    }
  });
}

function decode(request: FastifyRequest, body: Buffer, receipt: Receipt): DecodedTraces {
  if (isProtobuf(request)) return tracesOfProtobuf(body, receipt);
  if (mediaType(request) === JSON_TYPE) return tracesOfJson(body.toString('utf8'), receipt);
  throw problem(
    'unknown-type',
    `content-type "${mediaType(request)}" is not taken: ${PROTOBUF} or ${JSON_TYPE}`,
  );
}

function sendSuccess(request: FastifyRequest, reply: FastifyReply, { rejected, reason }: DecodedTraces) {
  if (isProtobuf(request))
    return reply.type(PROTOBUF).send(Buffer.from(traceResponseBytes(rejected, reason)));
  const partialSuccess = { rejectedSpans: String(rejected), errorMessage: reason };
  return reply.type(JSON_TYPE).send(JSON.stringify(rejected === 0 ? {} : { partialSuccess }));
}

/** Answers what went wrong with the request; a failure of our own is left to the server's handler, which logs it. */
function sendStatus(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { statusCode, message } = error as { statusCode?: number; message: string };
  const status = error instanceof Problem ? error.status : statusCode;
  if (status === undefined || (status >= 500 && status !== 503)) throw error;
  if (error instanceof Problem && error.retryAfterSeconds !== undefined) {
    reply.header('retry-after', String(error.retryAfterSeconds));
  }
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  const code = CODE_OF_STATUS[status] ?? 2;
  reply.code(status);
  if (isProtobuf(request)) return reply.type(PROTOBUF).send(Buffer.from(statusBytes(code, message)));
  return reply.type(JSON_TYPE).send(JSON.stringify({ code, message }));
}

function isProtobuf(request: FastifyRequest): boolean {
  return mediaType(request) === PROTOBUF;
}

function mediaType(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
