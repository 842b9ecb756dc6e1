import type { EmbeddedRuntime } from '../runtime.ts';
import { type Signer, signatureVerifier } from '../signature/sigv4.ts';
import { refusal } from './answer.ts';
import { readBody } from './body.ts';
import { answerWith, guarded, messageAnswer, type RawHandler, targetOf, textHeaders } from './raw.ts';

export interface FunctionUrlOptions extends Signer {
  runtime: Pick<EmbeddedRuntime, 'urls'>;
}

/** Largest body of a function URL's request: the payload quota of a synchronous invocation. */
const MAX_URL_BODY_BYTES = 6_291_456;

/** The id in a Host header `<id>.lambda-url.localhost[:port]`. */
export function functionUrlId(hostHeader: string | undefined): string | undefined {
  return /^([a-z0-9]{1,63})\.lambda-url\.localhost\.?(?::\d{1,5})?$/i
    .exec(hostHeader ?? '')?.[1]
    ?.toLowerCase();
}

/**
 * Function URLs: each request to `<id>.lambda-url.localhost` invokes the function. AuthType NONE is public; AWS_IAM
 * requires a valid signature. Invalid signatures are rejected here.
 */
export function functionUrls({
  runtime: { urls },
  credentials,
  region,
  clock,
}: FunctionUrlOptions): RawHandler {
  const verify = signatureVerifier({ credentials, region, service: 'lambda' });
  return guarded(async (request, response) => {
    const host = request.headers.host ?? '';
    const id = functionUrlId(host);
    if (id === undefined || urls.authType(id) === undefined) {
      request.resume();
      await answerWith(response, messageAnswer(404, 'Not Found'));
      return;
    }
    const body = await readBody(request, MAX_URL_BODY_BYTES);
    if (body.state === 'aborted') return;
    if (body.state === 'too-large') {
      await answerWith(response, messageAnswer(413, 'Request Entity Too Large'));
      return;
    }
    const sent = {
      method: request.method ?? 'GET',
      ...targetOf(request.url),
      headers: textHeaders(request.headers),
      body: body.bytes,
    };
    // The AuthType may have changed while the body was read.
    const signed = urls.authType(id) === 'AWS_IAM' && sent.headers.authorization !== undefined;
    const verdict = signed ? verify(sent, clock.now()) : undefined;
    if (verdict?.ok === false) {
      await answerWith(response, refusal(verdict));
      return;
    }
    const answer = await urls.answer(id, {
      ...sent,
      ...(verdict && { accessKeyId: verdict.accessKeyId }),
      sourceIp: (request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
      host,
    });
    await answerWith(response, answer);
  });
}
