import type { Socket } from 'node:net';
import {
  HttpSyntaxError,
  type ParsedRequest,
  type RequestHead,
  RequestParser,
} from '../../http/http-parser.ts';
import { MAX_RESPONSE_BYTES } from '../../limits.ts';

/** AWS's quota of a streamed response. */
const MAX_STREAM_BYTES = 209_715_200;
const LIMITS = { headBytes: 65_536, bodyBytes: MAX_RESPONSE_BYTES, streamBytes: MAX_STREAM_BYTES };
const REASON: Record<number, string> = {
  200: 'OK',
  202: 'Accepted',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Request Entity Too Large',
};
const EMPTY = new Uint8Array();

export interface ConnectionEvents {
  /** Bytes arrived. */
  arrived(): void;
  handle(request: ParsedRequest): boolean;
  body(head: RequestHead): ((part: Buffer) => void) | undefined;
  closed(): void;
}

/** One client connection: answers its requests in their order, also when they are pipelined. */
export class Connection {
  #socket: Socket;
  #events: ConnectionEvents;
  #queue: ParsedRequest[] = [];
  #blocked = false;
  #present: ParsedRequest | undefined;
  #soon: Uint8Array | undefined;

  constructor(socket: Socket, events: ConnectionEvents) {
    this.#socket = socket;
    this.#events = events;
    const parser = new RequestParser(LIMITS, {
      request: (request) => {
        this.#queue.push(request);
        if (!this.#blocked) this.#drain();
      },
      expectsContinue: () => socket.write('HTTP/1.1 100 Continue\r\n\r\n'),
      body: (head) => events.body(head),
      trailer: (name) => name.startsWith('lambda-runtime-'),
    });
    socket.on('data', (bytes) => {
      events.arrived();
      try {
        parser.push(bytes);
        if (!this.#blocked) this.#flush();
      } catch (error) {
        if (!(error instanceof HttpSyntaxError)) throw error;
        socket.end(answerBytes(error.status, { errorType: 'BadRequest', errorMessage: error.message }));
      }
    });
    // A client that is killed ends or resets the connection; `close` alone would come a turn later.
    for (const event of ['end', 'error', 'close']) socket.on(event, () => events.closed());
  }

  /** Goes on after an answer that had to wait. */
  proceed(): void {
    this.#blocked = false;
    this.#endAfterLast();
    if (this.#queue.length > 0) this.#drain();
  }

  answer(head: string, body: Uint8Array): void {
    if (body.length < 65_536) {
      this.write(Buffer.concat([Buffer.from(head, 'latin1'), body]));
      return;
    }
    this.#flush();
    this.#socket.cork();
    this.#socket.write(head, 'latin1');
    this.#socket.write(body);
    this.#socket.uncork();
  }

  write(bytes: Uint8Array): void {
    const soon = this.#soon;
    this.#soon = undefined;
    this.#socket.write(soon ? Buffer.concat([soon, bytes]) : bytes);
  }

  /** Goes out with the next answer, if the client has asked for that already: one wake-up of it instead of two. */
  writeSoon(bytes: Uint8Array): void {
    this.#flush();
    this.#soon = bytes;
  }

  #flush(): void {
    if (this.#soon) this.write(EMPTY);
  }

  /** Answers with an error of the Runtime API's shape; returns true for the caller's convenience. */
  fail(status: number, errorType: string, errorMessage: string): true {
    this.write(answerBytes(status, { errorType, errorMessage }));
    return true;
  }

  /** Reads nothing more until there is room for it. */
  holdUntil(room: Promise<void>): void {
    this.#socket.pause();
    void room.finally(() => this.#socket.resume());
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #drain(): void {
    for (let request = this.#queue.shift(); request; request = this.#queue.shift()) {
      this.#present = request;
      if (!this.#events.handle(request)) {
        this.#blocked = true;
        return;
      }
      this.#endAfterLast();
    }
  }

  #endAfterLast(): void {
    if (this.#present?.keepAlive === false) {
      this.#flush();
      this.#socket.end();
    }
    this.#present = undefined;
  }
}

/** A JSON answer. */
export function answerBytes(
  status: number,
  body: object | string,
  headers: Record<string, string> = {},
): Buffer {
  const text = JSON.stringify(body);
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(
    `HTTP/1.1 ${status} ${REASON[status] ?? 'Error'}\r\ncontent-type: application/json\r\n${more.join('')}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}
