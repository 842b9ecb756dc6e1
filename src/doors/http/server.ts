import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { hostAllowed, type OriginPolicy } from '../../access/origin.ts';
import { problem as accessProblem } from '../../access/problems.ts';
import type { Log } from '../../lib/log.ts';
import { Problem } from '../../lib/problem.ts';
import { hostInUrl } from './hosts.ts';
import { problemAnswer } from './problem-json.ts';
import { problem } from './problems.ts';
import { securityHeaders } from './static.ts';

type RawHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** What is served without the web framework, beside it on the one port. The composition root fills it. */
export interface Routes {
  /** Answers requests of its own; false leaves a request to the web framework. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Serves connections of its own directly on their sockets. Returns a function that ends them. */
  sockets(server: Server): () => void;
}

export interface HttpDoorOptions {
  host: string;
  /** 0 takes any free port. */
  port: number;
  origins: OriginPolicy;
  log: Log;
}

/** Largest JSON body of the API. Ingestion and the Lambda API have limits of their own. */
const MAX_BODY_BYTES = 1024 * 1024;
const KEEP_ALIVE_MS = 65_000;

/**
 * The one port of the control room. It listens from the first moment, so that its address is known; until `serve` it
 * answers 503 with Retry-After. Every request's Host is checked before anything reads it.
 */
export class HttpDoor {
  #options: HttpDoorOptions;
  #server: Server;
  #endSockets = () => {};
  #app: FastifyInstance | undefined;
  #handle: RawHandler = (_request, response) =>
    sendProblem(response, problem('starting', 'the control room is starting: try again'));

  private constructor(options: HttpDoorOptions) {
    this.#options = options;
    this.#server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      const { host } = request.headers;
      if (hostAllowed(host, options.origins)) return this.#handle(request, response);
      sendProblem(
        response,
        accessProblem('foreign-origin', `this control room does not answer to the host "${host ?? ''}"`),
      );
    });
  }

  static async open(options: HttpDoorOptions): Promise<HttpDoor> {
    const door = new HttpDoor(options);
    await door.#listen();
    return door;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://${hostInUrl(this.#options.host)}:${this.port}`;
  }

  /** Opens for business: `others` are asked before the web framework with its routes. */
  async serve(others: Routes | undefined, routes: (app: FastifyInstance) => void): Promise<void> {
    const app = Fastify({ bodyLimit: MAX_BODY_BYTES });
    app.setErrorHandler((error, request, reply) => {
      const answer = problemAnswer(error);
      this.#report(error, answer.status, `${request.method} ${request.url}`);
      return reply.code(answer.status).headers(answer.headers).send(JSON.stringify(answer.body));
    });
    securityHeaders(app);
    routes(app);
    await app.ready();
    this.#app = app;
    this.#handle = (request, response) => {
      if (!others?.handle(request, response)) app.routing(request, response);
    };
    if (others) this.#endSockets = others.sockets(this.#server);
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    this.#server.closeAllConnections();
    this.#endSockets();
    await closed;
    await this.#app?.close();
  }

  /** Listens, or says in one line why not. */
  #listen(): Promise<void> {
    const { host, port } = this.#options;
    return new Promise((done, failed) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const taken = error.code === 'EADDRINUSE';
        const advice = taken
          ? `port ${port} is in use: stop what uses it, or give another --port`
          : error.message;
        failed(
          new Problem(
            'http.cannot-listen',
            { status: 500, title: 'Cannot listen' },
            `${host}: ${advice}`,
            error,
          ),
        );
      });
      this.#server.listen(port, host, done);
    });
  }

  #report(error: unknown, status: number, request: string): void {
    if (status < 500 || status === 503) return;
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#options.log.error({ request, error: stack }, 'request failed');
  }
}

function sendProblem(response: ServerResponse, error: unknown): void {
  const { status, headers, body } = problemAnswer(error);
  response.writeHead(status, { ...headers, connection: 'close' }).end(JSON.stringify(body));
}
