import { createServer, type Server, type Socket } from 'node:net';
import type { ParsedRequest, RequestHead } from '../../http/http-parser.ts';
import { answerBytes, Connection } from './connection.ts';

/** What a runtime client is given by `GET /runtime/invocation/next`. */
export interface Delivery {
  requestId: string;
  deadlineMs: number;
  functionArn: string;
  traceId: string;
  /** JSON; undefined when the caller sent no client context. */
  clientContext: string | undefined;
  payload: Uint8Array;
  /** Takes the parts of a streamed response while it is written; without it such a response comes whole. */
  stream?: ResponseSink | undefined;
}

/** Takes one part of a response; a promise holds the function back until it is kept. */
export type ResponseSink = (part: Buffer, contentType: string) => Promise<void> | undefined;

export interface RuntimeApiEvents {
  /** The runtime, or an extension, has sent something. */
  arrived(): void;
  /** The runtime client waits for an invocation. */
  ready(): void;
  /** The client that waited has gone away. */
  left(): void;
  /** The head of a response has come, its body follows. */
  responding(requestId: string): void;
  response(requestId: string, body: Buffer): void;
  responseTooLarge(requestId: string, bytes: string): void;
  error(requestId: string, body: Buffer, errorType: string | undefined): void;
  initError(body: Buffer, errorType: string | undefined): void;
}

/** Answers what is not of the Runtime API, on the same address. */
export interface OtherApi {
  handle(connection: Connection, request: ParsedRequest): boolean;
  left(connection: Connection): void;
}

const BASE = '/2018-06-01/runtime';
const INVOCATION = /^\/2018-06-01\/runtime\/invocation\/([^/?]+)\/(response|error)$/;
const ACCEPTED = answerBytes(202, { status: 'OK' });
/**
 * So long the question for the next invocation may come before the answer to this one: a client that streams sends them
 * over two connections, and the official one for Node does not wait for a streamed error to arrive.
 */
const MAX_EARLY_MS = 500;

/**
 * The Lambda Runtime API (version 2018-06-01) of one execution environment, on a loopback port of its own: whoever
 * calls is that environment. It passes one invocation at a time.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  #events: RuntimeApiEvents;
  #other: OtherApi;
  #server: Server;
  #connections = new Set<Connection>();
  #waiting: Connection | undefined;
  #early: { connection: Connection; refusal: NodeJS.Timeout } | undefined;
  #current: string | undefined;
  #stream: ResponseSink | undefined;

  constructor(events: RuntimeApiEvents, other: OtherApi) {
    this.#events = events;
    this.#other = other;
    this.#server = createServer({ noDelay: true }, (socket) => this.serve(socket));
  }

  /** Opens the listener; resolves to `host:port` for `AWS_LAMBDA_RUNTIME_API`. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', () => {
        resolve(`127.0.0.1:${(this.#server.address() as { port: number }).port}`);
      });
    });
  }

  /** Hands an invocation to the client that waits. Call only between `ready` and `left`. */
  deliver(delivery: Delivery): void {
    const connection = this.#waiting as Connection;
    this.#waiting = undefined;
    this.#current = delivery.requestId;
    this.#stream = delivery.stream;
    connection.answer(nextHead(delivery), delivery.payload);
    connection.proceed();
  }

  close(): void {
    this.#server.close();
    for (const connection of this.#connections) connection.destroy();
  }

  /** Answers what comes over a connection: one of the listener, or one that the process was started with. */
  serve(socket: Socket): void {
    const connection: Connection = new Connection(socket, {
      arrived: () => this.#events.arrived(),
      handle: (request) => this.#handle(connection, request),
      body: (head) => this.#bodyOf(connection, head),
      closed: () => {
        this.#connections.delete(connection);
        this.#other.left(connection);
        if (this.#early?.connection === connection) this.#takeEarly();
        if (this.#waiting !== connection) return;
        this.#waiting = undefined;
        this.#events.left();
      },
    });
    this.#connections.add(connection);
  }

  /** Where the parts of a streamed response go; undefined for every other request. */
  #bodyOf(connection: Connection, { method, target, headers }: RequestHead) {
    const [, requestId, kind] = INVOCATION.exec(target) ?? [];
    if (requestId === undefined || requestId !== this.#current) return;
    this.#events.responding(requestId);
    const sink = this.#stream;
    const streams = headers['lambda-runtime-function-response-mode']?.toLowerCase() === 'streaming';
    if (!sink || !streams || method !== 'POST' || kind !== 'response') return;
    const contentType = headers['content-type'] ?? 'application/octet-stream';
    return (part: Buffer) => {
      const room = sink(part, contentType);
      if (room) connection.holdUntil(room);
    };
  }

  /** Answers one request; returns false when the answer comes later and the connection has to wait for it. */
  #handle(connection: Connection, request: ParsedRequest): boolean {
    // A web page can reach loopback ports too, and must not be handed a function's events.
    if (request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined) {
      return connection.fail(403, 'Forbidden', 'the Runtime API does not answer to web pages');
    }
    if (request.target === `${BASE}/invocation/next`) return this.#next(connection, request);
    const match = INVOCATION.exec(request.target);
    if (request.method !== 'POST' && (match || request.target === `${BASE}/init/error`)) {
      return connection.fail(405, 'MethodNotAllowed', `${request.method} is not the method of this path`);
    }
    if (match) return this.#end(connection, request, match[1] as string, match[2] as string);
    if (request.target === `${BASE}/init/error`) {
      connection.write(ACCEPTED);
      this.#events.initError(request.body, errorTypeHeader(request));
      return true;
    }
    return this.#other.handle(connection, request);
  }

  #next(connection: Connection, request: ParsedRequest): boolean {
    if (request.method !== 'GET') {
      return connection.fail(405, 'MethodNotAllowed', `${request.method} is not the method of this path`);
    }
    if (this.#waiting !== undefined || this.#early !== undefined) return refuse(connection);
    if (this.#current !== undefined) {
      const refusal = setTimeout(() => {
        this.#takeEarly();
        refuse(connection);
        connection.proceed();
      }, MAX_EARLY_MS);
      this.#early = { connection, refusal };
      return false;
    }
    this.#waiting = connection;
    this.#events.ready();
    return this.#waiting !== connection;
  }

  /** The client that asked for the next invocation too early, if there is one: it is not kept any longer. */
  #takeEarly(): Connection | undefined {
    const early = this.#early;
    clearTimeout(early?.refusal);
    this.#early = undefined;
    return early?.connection;
  }

  #end(connection: Connection, request: ParsedRequest, requestId: string, kind: string): boolean {
    if (requestId !== this.#current) return connection.fail(400, 'InvalidRequestID', 'Invalid request ID');
    this.#current = undefined;
    const failure = request.headers['lambda-runtime-function-error-type'];
    if (request.tooLarge) {
      connection.fail(413, 'RequestEntityTooLarge', 'Exceeded maximum allowed payload size (6291556 bytes).');
      this.#events.responseTooLarge(requestId, request.headers['content-length'] ?? 'too many');
    } else {
      connection.writeSoon(ACCEPTED);
      // A streamed response that broke off says so in a trailer.
      if (kind === 'error' || failure !== undefined) {
        const described = request.headers['lambda-runtime-function-error-body'];
        const body = described === undefined ? request.body : Buffer.from(described, 'base64');
        this.#events.error(requestId, body, failure);
      } else this.#events.response(requestId, request.body);
    }
    const early = this.#takeEarly();
    if (early) {
      this.#waiting = early;
      this.#events.ready();
    }
    return true;
  }
}

function refuse(connection: Connection): true {
  return connection.fail(403, 'InvalidStateTransition', 'Transition from the present state is not allowed');
}

function nextHead(delivery: Delivery): string {
  let head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nlambda-runtime-aws-request-id: ${delivery.requestId}\r\nlambda-runtime-deadline-ms: ${delivery.deadlineMs}\r\nlambda-runtime-invoked-function-arn: ${delivery.functionArn}\r\nlambda-runtime-trace-id: ${delivery.traceId}\r\n`;
  if (delivery.clientContext !== undefined) {
    head += `lambda-runtime-client-context: ${delivery.clientContext}\r\n`;
  }
  return `${head}content-length: ${delivery.payload.length}\r\n\r\n`;
}

function errorTypeHeader(request: ParsedRequest): string | undefined {
  return request.headers['lambda-runtime-function-error-type'];
}
