import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { BusyPoll } from '../invocations/busy-poll.ts';
import type { SignedRequest } from '../signature/canonical-request.ts';
import { DRAINED_BYTES } from './body.ts';
import { HttpSyntaxError, type ParsedRequest, RequestParser } from './http-parser.ts';
import { type Answer, messageAnswer, targetOf } from './raw.ts';
import type { SocketRoute } from './sockets.ts';

export interface InvokeSocketOptions {
  /** Answers one invocation. */
  answer(request: SignedRequest): Promise<Answer>;
  /** Largest payload of an invocation, and the answer to a larger one. */
  limit: { bytes: number; refusal(): Answer };
  busyPoll: Pick<BusyPoll, 'arrived'>;
  /** Whether a request with this Host header is one to the Lambda API. */
  isOwnHost(host: string): boolean;
}

const INVOKE = /^\/2015-03-31\/functions\/[^/?]+\/invocations(?:\?|$)/;
/** A request with a longer head goes to the web server. */
const MAX_HEAD_BYTES = 8_192;
const IDLE_MS = 65_000;
/** Time limit to receive one request. */
const MAX_REQUEST_MS = 300_000;

/**
 * Serves Invoke directly on the socket; through node:http a warm invocation takes 20% longer. Any other request hands
 * the connection to the web server.
 */
export function invokeSocket(options: InvokeSocketOptions): SocketRoute {
  return {
    takes: ({ method, target, host }) => method === 'POST' && INVOKE.test(target) && options.isOwnHost(host),
    serve(socket, first, keeps) {
      const connection = new InvokeConnection(socket, options);
      const read = (bytes: Buffer) => {
        if (connection.betweenRequests && !keeps(bytes)) {
          socket.off('data', read).off('timeout', idle).off('end', left);
        } else connection.read(bytes);
      };
      const idle = () => connection.onSilence();
      const left = () => connection.onEnd();
      socket.setNoDelay(true).setTimeout(IDLE_MS);
      socket.on('data', read).on('timeout', idle).on('end', left);
      connection.read(first);
    },
  };
}

/** One client's connection. Pipelined requests are discarded: the client gets one response, then the connection closes. */
class InvokeConnection {
  #socket: Socket;
  #options: InvokeSocketOptions;
  #parser: RequestParser;
  /** Of the request that comes: since when, and how much so far. */
  #since = 0;
  #bytes = 0;
  /** A request has come whole and is not answered. */
  #answering = false;
  /** The connection ends with the present answer. */
  #last = false;

  constructor(socket: Socket, options: InvokeSocketOptions) {
    this.#socket = socket;
    this.#options = options;
    const { bytes } = options.limit;
    this.#parser = new RequestParser(
      { headBytes: MAX_HEAD_BYTES, bodyBytes: bytes, streamBytes: bytes },
      {
        request: (request) => this.#onRequest(request),
        expectsContinue: () => socket.write('HTTP/1.1 100 Continue\r\n\r\n'),
      },
    );
  }

  get betweenRequests(): boolean {
    return this.#bytes === 0 && !this.#answering && !this.#last;
  }

  read(bytes: Buffer): void {
    this.#options.busyPoll.arrived();
    if (this.#answering || this.#last) {
      this.#last = true;
      return;
    }
    const now = performance.now();
    if (this.#bytes === 0) this.#since = now;
    this.#bytes += bytes.length;
    const allowed = this.#options.limit.bytes + DRAINED_BYTES;
    if (this.#bytes > allowed || now - this.#since > MAX_REQUEST_MS) return void this.#socket.destroy();
    try {
      this.#parser.push(bytes);
    } catch (error) {
      if (!(error instanceof HttpSyntaxError)) throw error;
      this.#last = true;
      if (!this.#answering) this.#send(messageAnswer(error.status, error.message));
    }
    if (this.#answering && !this.#parser.atStart) this.#last = true;
  }

  /** Nothing has gone over the connection for a while. */
  onSilence(): void {
    if (!this.#answering) this.#socket.destroy();
  }

  /** The client sends no more; our side of the connection stays open for an answer, and must be ended after it. */
  onEnd(): void {
    this.#last = true;
    if (!this.#answering) this.#socket.end();
  }

  #onRequest(request: ParsedRequest): void {
    if (this.#answering) {
      this.#last = true;
      return;
    }
    this.#answering = true;
    this.#last ||= !request.keepAlive;
    const { answer, limit } = this.#options;
    // A rejection waits for its turn too: bytes that arrive by then are pipelined requests.
    const answered = request.tooLarge ? Promise.resolve(limit.refusal()) : answer(signedRequest(request));
    answered.catch(() => messageAnswer(500, 'Internal Server Error')).then((it) => this.#send(it));
  }

  #send({ status, headers, body }: Answer): void {
    this.#answering = false;
    this.#bytes = 0;
    if (this.#socket.destroyed) return;
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
    for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
    if (status !== 204) head += `content-length: ${body.length}\r\n`;
    head += `date: ${httpDate()}\r\nconnection: ${this.#last ? 'close' : 'keep-alive'}\r\n\r\n`;
    this.#socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]));
    if (this.#last) this.#socket.end();
  }
}

function signedRequest({ method, target, headers, body }: ParsedRequest): SignedRequest {
  return { method, ...targetOf(target), headers, body };
}

let second = 0;
let date = '';

/** The time as HTTP writes it, made once a second (RFC 9110 section 5.6.7). */
function httpDate(): string {
  const now = Math.floor(Date.now() / 1_000);
  if (now !== second) {
    second = now;
    date = new Date(now * 1_000).toUTCString();
  }
  return date;
}
