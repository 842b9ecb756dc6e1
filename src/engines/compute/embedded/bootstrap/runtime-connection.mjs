// The runtime client's one kept-alive connection to the Runtime API (2018-06-01). A hand-written HTTP/1.1 client:
// requests go out in one write, also an answer together with the question for the next invocation.

const BASE = '/2018-06-01/runtime';
const ERROR_TYPE = 'lambda-runtime-function-error-type';
const ERROR_BODY = 'lambda-runtime-function-error-body';

export class RuntimeConnection {
  #socket;
  #parts = [];
  #size = 0;
  /** Bytes that must have come before it is worth looking again. */
  #needed = 1;
  #waiting = [];

  /** `socket` is connected, or about to be. */
  constructor(socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#read(bytes));
  }

  /** Waits for an invocation: `{ headers, body }`. */
  next() {
    this.#socket.ref();
    this.#socket.write(this.#nextRequest());
    return this.#answer();
  }

  /** Sends the result and waits for the next invocation. */
  async respondAndNext(requestId, json) {
    this.#socket.ref();
    const path = `${BASE}/invocation/${requestId}/response`;
    this.#socket.write(this.#post(path, json, '') + this.#nextRequest());
    const accepted = this.#answer();
    const next = this.#answer();
    await accepted;
    return await next;
  }

  /** Begins an answer that is sent while it is written: `write(bytes, done)`. */
  stream(requestId, contentType) {
    this.#socket.write(
      `POST ${BASE}/invocation/${requestId}/response HTTP/1.1\r\nhost: runtime\r\ncontent-type: ${contentType}\r\nlambda-runtime-function-response-mode: streaming\r\ntransfer-encoding: chunked\r\ntrailer: ${ERROR_TYPE}, ${ERROR_BODY}\r\n\r\n`,
    );
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

  /** Ends that answer, with what went wrong on the way, and waits for the next invocation. */
  async endStreamAndNext(error) {
    this.#socket.ref();
    this.#socket.write(this.#lastChunk(error) + this.#nextRequest());
    const accepted = this.#answer();
    const next = this.#answer();
    await accepted;
    return await next;
  }

  /** Ends that answer with an error after which the process ends. */
  async breakStream(error) {
    this.#socket.ref();
    this.#socket.write(this.#lastChunk(error));
    await this.#answer();
  }

  /** Sends the error of an invocation and waits for the next one. */
  async failAndNext(requestId, error) {
    this.#socket.ref();
    this.#socket.write(this.#failure(`${BASE}/invocation/${requestId}/error`, error) + this.#nextRequest());
    const accepted = this.#answer();
    const next = this.#answer();
    await accepted;
    return await next;
  }

  /** Sends an error after which the process ends. */
  async fail(requestId, error) {
    this.#socket.ref();
    const path = requestId === undefined ? `${BASE}/init/error` : `${BASE}/invocation/${requestId}/error`;
    this.#socket.write(this.#failure(path, error));
    await this.#answer();
  }

  /** While the handler runs, only its own work keeps the event loop busy. */
  rest() {
    this.#socket.unref();
  }

  #nextRequest() {
    return `GET ${BASE}/invocation/next HTTP/1.1\r\nhost: runtime\r\n\r\n`;
  }

  #lastChunk(error) {
    if (!error) return '0\r\n\r\n';
    const body = Buffer.from(JSON.stringify(error)).toString('base64');
    return `0\r\n${ERROR_TYPE}: ${typeOf(error)}\r\n${ERROR_BODY}: ${body}\r\n\r\n`;
  }

  #failure(path, error) {
    const type = typeOf(error);
    return this.#post(path, JSON.stringify(error), `${ERROR_TYPE}: ${type}\r\n`);
  }

  #post(path, json, headers) {
    return `POST ${path} HTTP/1.1\r\nhost: runtime\r\ncontent-type: application/json\r\n${headers}content-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`;
  }

  #answer() {
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
      const headers = parseHead(pending.latin1Slice(0, end));
      const from = end + 4;
      const to = from + Number(headers['content-length'] ?? 0);
      this.#needed = to;
      if (this.#size < to) return;
      this.#parts = to < pending.length ? [pending.subarray(to)] : [];
      this.#size -= to;
      this.#needed = 1;
      this.#waiting.shift()?.({ headers, body: pending.subarray(from, to) });
    }
  }
}

/** The error's name as a header can carry it. */
function typeOf({ errorType }) {
  return String(errorType).replace(/[^\x20-\x7e]/g, '');
}

function parseHead(head) {
  const headers = {};
  const lines = head.split('\r\n');
  for (let i = 1; i < lines.length; i++) {
    const colon = lines[i].indexOf(':');
    headers[lines[i].slice(0, colon).toLowerCase()] = lines[i].slice(colon + 1).trim();
  }
  return headers;
}
