// Response streaming as Lambda's runtime for Node offers it: the global `awslambda` marks a handler, and its stream
// goes to the Runtime API as it is written.
import { Writable } from 'node:stream';

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HTTP_INTEGRATION = 'application/vnd.awslambda.http-integration-response';
/** What stands between the JSON of status and headers and the body. */
const SEPARATOR = Buffer.alloc(8);

export function isStreaming(handler) {
  return handler[STREAMING] === 'response';
}

/** Makes `awslambda` known to the function's code. */
export function defineAwslambda() {
  globalThis.awslambda = {
    streamifyResponse(handler, options) {
      handler[STREAMING] = 'response';
      handler[Symbol.for('aws.lambda.runtime.handler.highWaterMark')] = options?.highWaterMark;
      return handler;
    },
    HttpResponseStream: {
      /** Status, headers and cookies of an HTTP answer come before the body. */
      from(stream, metadata) {
        stream.setContentType(HTTP_INTEGRATION);
        stream.startWith(Buffer.concat([Buffer.from(JSON.stringify(metadata)), SEPARATOR]));
        return stream;
      },
    },
  };
}

/** The stream a handler writes to. `open(contentType)` begins the answer and gives `{ write(bytes, done) }`. */
export class ResponseStream extends Writable {
  #open;
  #answer;
  #contentType = 'application/octet-stream';
  #prelude;

  constructor(open) {
    super();
    this.#open = open;
  }

  /** Whether the answer has begun: an error can then only be told at its end. */
  get begun() {
    return this.#answer !== undefined;
  }

  setContentType(contentType) {
    if (this.begun) throw new Error('the content type comes too late: the response has begun');
    this.#contentType = contentType;
  }

  /** What goes out before the first bytes. */
  startWith(bytes) {
    this.#prelude = bytes;
  }

  /** Begins the answer, if it has not. */
  begin() {
    if (this.begun) return;
    this.#answer = this.#open(this.#contentType);
    if (this.#prelude) this.#answer.write(this.#prelude, () => {});
  }

  _write(chunk, encoding, done) {
    this.begin();
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
    if (bytes.length === 0) done();
    else this.#answer.write(bytes, done);
  }
}
