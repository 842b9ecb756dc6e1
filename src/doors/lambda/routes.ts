import { hostAllowed, type OriginPolicy } from '../../access/origin.ts';
import type { Signer } from '../../access/sigv4.ts';
import type { EmbeddedRuntime } from '../../engines/compute/embedded/runtime.ts';
import type { Routes } from '../http/server.ts';
import { functionUrlId, functionUrls, invocationSockets, isLambdaApiPath, lambdaApi } from './door.ts';

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
