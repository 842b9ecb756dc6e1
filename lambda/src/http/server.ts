import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLoopbackHost } from './hosts.ts';
import { answerWith, messageAnswer } from './raw.ts';
import type { LambdaHttp } from './routes.ts';

/** A server that answers for the twin alone. */
export interface LambdaServer {
  port: number;
  /** Address of the Lambda API and the SQS API. */
  endpoint: string;
  /** From now on requests are answered; until then with 503. */
  serve(twin: LambdaHttp): void;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const KEEP_ALIVE_MS = 65_000;

/** Listens on loopback. Port 0 takes any free port. Rejects with node's error, such as EADDRINUSE. */
export async function listen(port: number): Promise<LambdaServer> {
  let twin: LambdaHttp | undefined;
  let endSockets = () => {};
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const refuse = (status: number, message: string) => {
      request.resume();
      void answerWith(response, messageAnswer(status, message));
    };
    if (!isLoopbackHost(request.headers.host)) return refuse(403, 'Forbidden');
    if (!twin) return refuse(503, 'Service Unavailable');
    if (!twin.handle(request, response)) refuse(404, 'Not Found');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    endpoint: `http://${HOST}:${bound}`,
    serve(given) {
      twin = given;
      endSockets = given.sockets(server);
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      endSockets();
      await closed;
    },
  };
}
