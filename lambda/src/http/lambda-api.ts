import type { EmbeddedRuntime } from '../runtime.ts';
import type { Signer } from '../signature/sigv4.ts';
import { apiAnswers } from './answer.ts';
import { readBody } from './body.ts';
import { functionUrlId } from './function-urls.ts';
import { type InvokeSocketOptions, invokeSocket } from './invoke-socket.ts';
import { answerWith, guarded, type RawHandler, targetOf, textHeaders } from './raw.ts';
import type { SocketRoute } from './sockets.ts';

export interface LambdaApiOptions extends Signer {
  runtime: Pick<EmbeddedRuntime, 'api' | 'requestLimit'>;
}

/** Whether a path (with or without a query) belongs to the Lambda API: all of them begin with a date. */
export function isLambdaApiPath(path: string): boolean {
  return /^\/20\d\d-\d\d-\d\d\//.test(path);
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

/** The part of the Lambda API served directly on the socket, bypassing the web server: Invoke, for hosts accepted by `isOwnHost`. */
export function invocationSockets(
  { runtime, busyPoll, ...signer }: LambdaApiOptions & Pick<InvokeSocketOptions, 'busyPoll'>,
  isOwnHost: (host: string) => boolean,
): SocketRoute {
  const path = '/2015-03-31/functions/any/invocations';
  const limit = runtime.requestLimit({ method: 'POST', path, query: new URLSearchParams() });
  return invokeSocket({
    answer: apiAnswers(runtime, signer),
    limit,
    busyPoll,
    isOwnHost: (host) => functionUrlId(host) === undefined && isOwnHost(host),
  });
}
