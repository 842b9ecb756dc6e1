/**
 * A client with almost no cost: requests are prepared bytes, and of a response only the length is parsed. A node:http
 * agent takes longer for one exchange than the echo server, and would hide the figure under test.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export class Connection {
  #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { resolve(answer: Buffer): void; reject(error: unknown): void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#read(bytes));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('the server closed the connection')));
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** Sends a request and resolves to the complete response, head and body; one at a time. Rejects unless it is a 200. */
  exchange(request: Uint8Array): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#received.toString('latin1', 0, end);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length !== undefined && this.#received.length < end + 4 + Number(length)) return;
    const answer = this.#received;
    const waiting = this.#waiting;
    this.#received = Buffer.alloc(0);
    this.#waiting = undefined;
    if (length !== undefined && head.startsWith('HTTP/1.1 200')) waiting?.resolve(answer);
    else waiting?.reject(new Error(`unexpected response: ${answer.toString()}`));
  }
}

export function bodyOf(answer: Buffer): string {
  return answer.toString('utf8', answer.indexOf('\r\n\r\n') + 4);
}
