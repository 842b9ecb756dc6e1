import type { EmbeddedRuntime } from '../runtime.ts';
import { type Signer, signatureVerifier } from '../signature/sigv4.ts';
import { apiAnswers, refusal } from './answer.ts';
import { readBody } from './body.ts';
import { invokeSocket } from './invoke-socket.ts';
import { answerWith, guarded, messageAnswer, type RawHandler, targetOf, textHeaders } from './raw.ts';
import type { SocketRoute } from './sockets.ts';

export interface LambdaApiOptions extends Signer {
  runtime: Pick<EmbeddedRuntime, 'api' | 'requestLimit'>;
}

export interface FunctionUrlOptions extends Signer {
  runtime: Pick<EmbeddedRuntime, 'urls'>;
}

/** Largest body of a function URL's request: the payload quota of a synchronous invocation. */
const LARGEST_URL_BODY_BYTES = 6_291_456;

/** Whether a path (with or without a query) belongs to the Lambda API: all of them begin with a date. */
export function isLambdaApiPath(path: string): boolean {
  return /^\/20\d\d-\d\d-\d\d\//.test(path);
}

/** The id in a Host header `<id>.lambda-url.localhost[:port]`. */
export function functionUrlId(hostHeader: string | undefined): string | undefined {
  return /^([a-z0-9]{1,63})\.lambda-url\.localhost\.?(?::\d{1,5})?$/i
    .exec(hostHeader ?? '')?.[1]
    ?.toLowerCase();
}

/** The Lambda API over HTTP: reads the body within its limit, verifies the signature, hands the request on. */
export function lambdaApi({ runtime, ...signer }: LambdaApiOptions): RawHandler {
  const answer = apiAnswers(runtime, signer);
  return guarded(async (request, response) => {
    const method = request.method ?? 'GET';
    const { path, query } = targetOf(request.url);
    const limit = runtime.requestLimit({ method, path, query: new URLSearchParams(query) });
    const body = await readBody(request, limit.bytes);
    if (body.state === 'aborted') return;
    const headers = textHeaders(request.headers);
    const whole = body.state === 'complete' && { method, path, query, headers, body: body.bytes };
    await answerWith(response, whole ? await answer(whole) : limit.refusal());
  });
}

/** What of the Lambda API is served below the web server: invocations, for the hosts that `isOurs` names. */
export function invocationSockets(
  { runtime, ...signer }: LambdaApiOptions,
  isOurs: (host: string) => boolean,
): SocketRoute {
  const path = '/2015-03-31/functions/any/invocations';
  const limit = runtime.requestLimit({ method: 'POST', path, query: new URLSearchParams() });
  return invokeSocket({
    answer: apiAnswers(runtime, signer),
    limit,
    isOurs: (host) => functionUrlId(host) === undefined && isOurs(host),
  });
}

/**
 * Function URLs: each request to `<id>.lambda-url.localhost` invokes the function. Those of the type NONE are open to
 * everybody, those of AWS_IAM to who signs; what is signed wrongly is refused here.
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
    const body = await readBody(request, LARGEST_URL_BODY_BYTES);
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
    // Who may call can have changed while the body came.
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
