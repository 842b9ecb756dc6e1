import { randomUUID } from 'node:crypto';
import type { EmbeddedRuntime } from '../runtime.ts';
import type { SignedRequest } from '../signature/canonical-request.ts';
import { type SignatureVerdict, type Signer, signatureVerifier } from '../signature/sigv4.ts';
import type { Answer } from './raw.ts';

/** Answers requests of the Lambda API that have come whole; what is not signed rightly is refused. */
export function apiAnswers(
  runtime: Pick<EmbeddedRuntime, 'api'>,
  { credentials, region, clock }: Signer,
): (request: SignedRequest) => Promise<Answer> {
  const verify = signatureVerifier({ credentials, region, service: 'lambda' });
  return async (request) => {
    const verdict = verify(request, clock.now());
    if (!verdict.ok) return refusal(verdict);
    return await runtime.api({ ...request, query: new URLSearchParams(request.query) });
  };
}

/** AWS's answer to a request that is not signed, or wrongly. */
export function refusal({ code, status, message }: SignatureVerdict & { ok: false }): Answer {
  const headers = {
    'content-type': 'application/json',
    'x-amzn-errortype': code,
    'x-amzn-requestid': randomUUID(),
  };
  return { status, headers, body: Buffer.from(JSON.stringify({ message })) };
}
