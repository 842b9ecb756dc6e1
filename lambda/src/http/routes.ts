import { hostAllowed, type OriginPolicy } from '../../../src/access/origin.ts';
import type { Routes } from '../../../src/doors/http/server.ts';
import type { EmbeddedRuntime } from '../runtime.ts';
import type { Signer } from '../signature/sigv4.ts';
import { functionUrlId, functionUrls, invocationSockets, isLambdaApiPath, lambdaApi } from './lambda-api.ts';

export interface LambdaRouteOptions extends Signer {
  runtime: EmbeddedRuntime;
  origins: OriginPolicy;
}

/** How the Lambda API and function URLs are reached at the one port. */
export function lambdaRoutes({ origins, ...options }: LambdaRouteOptions): Routes {
  return {
    sockets: [invocationSockets(options, (host) => hostAllowed(host, origins))],
    raw: [
      {
        takes: (request) => functionUrlId(request.headers.host) !== undefined,
        handle: functionUrls(options),
      },
      { takes: (request) => isLambdaApiPath(request.url ?? ''), handle: lambdaApi(options) },
    ],
  };
}
