// Response streaming as Lambda's runtime for Node offers it: the global `awslambda` marks a handler, and its stream
// goes to the Runtime API as it is written.
import { Writable } from 'node:stream';

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');
const HTTP_INTEGRATION = 'application/vnd.awslambda.http-integration-response';
/** What stands between the JSON of status and headers and the body. */
const SEPARATOR = Buffer.alloc(8);

/** Throws for a handler that is marked as something else. */
export function isStreaming(handler) {
  const mark = handler[STREAMING];
  if (!mark || mark === 'response') return Boolean(mark);
  throw named('Runtime.MalformedStreamingHandler', 'Only response streaming is supported.');
}

/** Makes `awslambda` known to the function's code. */
export function defineAwslambda() {
  globalThis.awslambda = {
    streamifyResponse(handler, options) {
      handler[STREAMING] = 'response';
      if (typeof options?.highWaterMark === 'number') handler[HIGH_WATER_MARK] = options.highWaterMark;
      return handler;
    },
    HttpResponseStream: {
      /** Status, headers and cookies of an HTTP answer go out with the first `write`, before the body. */
      from(stream, metadata) {
        stream.setContentType(HTTP_INTEGRATION);
        stream.startWith(Buffer.concat([Buffer.from(JSON.stringify(metadata)), SEPARATOR]));
        return stream;
      },
    },
  };
}

function named(name, message) {
  const error = new Error(message);
  error.name = name;
  return error;
}

/** The stream a handler writes to. `open(contentType)` begins the answer and gives `{ write(bytes, done) }`. */
export class ResponseStream extends Writable {
  #open;
  #answer;
  #contentType = 'application/octet-stream';
  #prelude;

  constructor(open, handler) {
    super({ highWaterMark: handler[HIGH_WATER_MARK] });
    this.#open = open;
  }

  /** Whether the answer has begun: an error can then only be told at its end. */
  get begun() {
    return this.#answer !== undefined;
  }

  setContentType(contentType) {
    if (this.begun) throw named('Runtime.InvalidStreamingOperation', 'Cannot set content-type, too late.');
    this.#contentType = contentType;
  }

  /** What goes out before the first bytes that are written; `end` alone does not send it, as on Lambda. */
  startWith(bytes) {
    this.#prelude = bytes;
  }

  /** What is neither text nor bytes goes out as JSON. */
  write(chunk, ...more) {
    const prelude = this.#prelude;
    this.#prelude = undefined;
    if (prelude) super.write(prelude);
    const plain = typeof chunk === 'string' || chunk instanceof Uint8Array;
    return super.write(plain ? chunk : JSON.stringify(chunk), ...more);
  }

  /** Begins the answer, if it has not. */
  begin() {
    this.#answer ??= this.#open(this.#contentType);
  }

  _write(chunk, encoding, done) {
    this.begin();
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
    if (bytes.length === 0) done();
    else this.#answer.write(bytes, done);
  }
}
