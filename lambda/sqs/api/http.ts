import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { readBody } from '../../src/http/body.ts';
import {
  type Answer,
  answerWith,
  guarded,
  type RawHandler,
  targetOf,
  textHeaders,
} from '../../src/http/raw.ts';
import type { EmbeddedRuntime } from '../../src/runtime.ts';
import { type SignatureVerdict, type Signer, signatureVerifier } from '../../src/signature/sigv4.ts';

export interface SqsHttpOptions extends Signer {
  runtime: Pick<EmbeddedRuntime, 'sqs' | 'sqsRequestLimit'>;
}

const TARGET = /^AmazonSQS\.(\w+)$/;

/** The SQS API over HTTP: reads the body within its limit, verifies the signature, hands the request on. */
export function sqsApi({ runtime, credentials, region, clock }: SqsHttpOptions): RawHandler {
  const verify = signatureVerifier({ credentials, region, service: 'sqs' });
  return guarded(async (request, response) => {
    const limit = runtime.sqsRequestLimit();
    const body = await readBody(request, limit.bytes);
    if (body.state === 'aborted') return;
    if (body.state === 'too-large') return await answerWith(response, limit.refusal());
    const headers = textHeaders(request.headers);
    const signed = { method: request.method ?? 'POST', ...targetOf(request.url), headers, body: body.bytes };
    const verdict = verify(signed, clock.now());
    if (!verdict.ok) return await answerWith(response, refusal(verdict));
    const answer = await runtime.sqs({
      operation: sqsOperation(request.headers) ?? '',
      host: request.headers.host ?? '',
      traceHeader: headers['x-amzn-trace-id'],
      body: body.bytes,
      signal: goneSignal(response),
    });
    await answerWith(response, answer);
  });
}

/** The answer to a request that is not signed, or wrongly. */
function refusal({ code, status, message }: SignatureVerdict & { ok: false }): Answer {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-query-error': `${code};Sender`,
    'x-amzn-requestid': randomUUID(),
  };
  const body = Buffer.from(JSON.stringify({ __type: `com.amazon.coral.service#${code}`, message }));
  return { status, headers, body };
}

/** The operation of the SQS API that a request is for, whatever its path; undefined for other requests. */
export function sqsOperation(headers: IncomingHttpHeaders): string | undefined {
  return TARGET.exec(String(headers['x-amz-target'] ?? ''))?.[1];
}

/** Aborted when the connection ends before the answer was sent. */
function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}
