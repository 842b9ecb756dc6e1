import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { sqsApi, sqsOperation } from '../../sqs/api/http.ts';
import type { EmbeddedRuntime } from '../runtime.ts';
import type { Signer } from '../signature/sigv4.ts';
import { functionUrlId, functionUrls } from './function-urls.ts';
import type { InvokeSocketOptions } from './invoke-socket.ts';
import { invocationSockets, isLambdaApiPath, lambdaApi } from './lambda-api.ts';
import { SocketRouter } from './sockets.ts';

export interface RouteOptions extends Signer, Pick<InvokeSocketOptions, 'busyPoll'> {
  runtime: EmbeddedRuntime;
  /** Whether a Host header names the server of the Lambda API. */
  isOwnHost(host: string): boolean;
}

/** The HTTP of the twin, beside whatever else the server answers. */
export interface LambdaHttp {
  /** Answers requests of the Lambda API, the SQS API and function URLs; false leaves a request to the host. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Serves Invoke on the server's sockets directly, bypassing node:http. Returns a function that ends those sockets. */
  sockets(server: Server): () => void;
}

export function lambdaHttp({ isOwnHost, ...options }: RouteOptions): LambdaHttp {
  const urls = functionUrls(options);
  const lambda = lambdaApi(options);
  const sqs = sqsApi(options);
  const invocations = invocationSockets(options, isOwnHost);
  const handlerOf = ({ url = '/', headers }: IncomingMessage) => {
    if (functionUrlId(headers.host) !== undefined) return urls;
    if (isLambdaApiPath(url)) return lambda;
    return sqsOperation(headers) === undefined ? undefined : sqs;
  };
  return {
    handle(request, response) {
      const handler = handlerOf(request);
      handler?.(request, response);
      return handler !== undefined;
    },
    sockets(server) {
      const router = new SocketRouter(server, [invocations]);
      return () => router.close();
    },
  };
}
