// The Runtime API over the channel to the control room, whose answers always say their length. A hand-written HTTP/1.1
// client: requests go out in one write, also an answer together with the question for the next invocation.
import { RuntimeApi } from './runtime-api.mjs';

export class ChannelApi extends RuntimeApi {
  #socket;
  #parts = [];
  #size = 0;
  /** Bytes that must have come before it is worth looking again. */
  #needed = 1;
  #waiting = [];

  constructor(socket) {
    super();
    this.#socket = socket;
    socket.on('data', (bytes) => this.#read(bytes));
  }

  exchange(requests) {
    return this.#send('', requests, 0);
  }

  open({ method, path, headers }) {
    this.#socket.write(`${headOf(method, path, headers)}\r\n`);
    return {
      write: (bytes, done) => {
        this.#socket.cork();
        this.#socket.write(`${bytes.length.toString(16)}\r\n`);
        this.#socket.write(bytes);
        this.#socket.write('\r\n', done);
        this.#socket.uncork();
      },
    };
  }

  close(trailers, requests) {
    return this.#send(`0\r\n${linesOf(trailers)}\r\n`, requests, 1);
  }

  rest() {
    this.#socket.unref();
  }

  /** Sends the end of a request, if there is one, and more of them, and resolves to the last answer. */
  #send(end, requests, ended) {
    let text = end;
    for (const request of requests) text += written(request);
    this.#socket.ref();
    this.#socket.write(text);
    for (let i = 1; i < requests.length + ended; i++) this.#waiting.push(ignore);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Takes bytes as they come, in parts: an event of megabytes is joined once, when it is complete. */
  #read(bytes) {
    this.#parts.push(bytes);
    this.#size += bytes.length;
    while (this.#size >= this.#needed) {
      const pending = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
      this.#parts = [pending];
      const end = pending.indexOf('\r\n\r\n');
      if (end < 0) {
        this.#needed = pending.length + 1;
        return;
      }
      const { status, headers } = parseHead(pending.latin1Slice(0, end));
      const from = end + 4;
      const to = from + Number(headers['content-length'] ?? 0);
      this.#needed = to;
      if (this.#size < to) return;
      this.#parts = to < pending.length ? [pending.subarray(to)] : [];
      this.#size -= to;
      this.#needed = 1;
      this.#waiting.shift()?.({ status, headers, body: pending.subarray(from, to) });
    }
  }
}

const ignore = () => {};

function written({ method, path, headers, body }) {
  const length = body === '' ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
  return `${headOf(method, path, headers)}${length}\r\n${body}`;
}

/** Without the empty line at its end. */
function headOf(method, path, headers) {
  return `${method} ${path} HTTP/1.1\r\nhost: runtime\r\n${linesOf(headers)}`;
}

function linesOf(headers) {
  let lines = '';
  for (const name in headers) lines += `${name}: ${headers[name]}\r\n`;
  return lines;
}

function parseHead(head) {
  const headers = {};
  const lines = head.split('\r\n');
  const status = Number(lines[0].split(' ')[1]);
  for (let i = 1; i < lines.length; i++) {
    const colon = lines[i].indexOf(':');
    headers[lines[i].slice(0, colon).toLowerCase()] = lines[i].slice(colon + 1).trim();
  }
  return { status, headers };
}
