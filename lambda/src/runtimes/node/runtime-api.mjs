// The Runtime API (2018-06-01) as the runtime client speaks it: what is asked and said, whatever carries it.

const BASE = '/2018-06-01/runtime';
const ERROR_TYPE = 'lambda-runtime-function-error-type';
const ERROR_BODY = 'lambda-runtime-function-error-body';

const JSON_TYPE = { 'content-type': 'application/json' };
const NEXT = { method: 'GET', path: `${BASE}/invocation/next`, headers: {}, body: '' };

/**
 * Answers are `{ status, headers, body }`, with the headers' names in lower case; one with the status 200 is an
 * invocation. Who carries them has
 * `exchange(requests)`: sends them in their order and resolves to the last answer;
 * `open(request)`: begins a request whose body is written in parts, by `write(bytes, done)` of what it returns;
 * `close(trailers, requests)`: ends that, sends more, and resolves to the last answer.
 */
export class RuntimeApi {
  /** Waits for an invocation. */
  next() {
    return this.exchange([NEXT]);
  }

  /** Sends the result and waits for the next invocation. */
  respondAndNext(requestId, json) {
    const response = { method: 'POST', path: responseTo(requestId), headers: JSON_TYPE, body: json };
    return this.exchange([response, NEXT]);
  }

  /** Sends the error of an invocation and waits for the next one. */
  failAndNext(requestId, error) {
    return this.exchange([failure(requestId, error), NEXT]);
  }

  /** Sends an error after which the process ends. */
  fail(requestId, error) {
    return this.exchange([failure(requestId, error)]);
  }

  /** Begins an answer that is sent while it is written: `write(bytes, done)`. */
  stream(requestId, contentType) {
    const headers = {
      'content-type': contentType,
      'lambda-runtime-function-response-mode': 'streaming',
      'transfer-encoding': 'chunked',
      trailer: `${ERROR_TYPE}, ${ERROR_BODY}`,
    };
    return this.open({ method: 'POST', path: responseTo(requestId), headers });
  }

  /** Ends that answer, with what went wrong on the way, and waits for the next invocation. */
  endStreamAndNext(error) {
    return this.close(trailersOf(error), [NEXT]);
  }

  /** Ends that answer with an error after which the process ends. */
  breakStream(error) {
    return this.close(trailersOf(error), []);
  }

  /** While the handler runs, only its own work keeps the event loop busy. */
  rest() {}
}

function responseTo(requestId) {
  return `${BASE}/invocation/${requestId}/response`;
}

function failure(requestId, error) {
  const path = requestId === undefined ? `${BASE}/init/error` : `${BASE}/invocation/${requestId}/error`;
  const headers = { ...JSON_TYPE, [ERROR_TYPE]: typeOf(error) };
  return { method: 'POST', path, headers, body: JSON.stringify(error) };
}

function trailersOf(error) {
  if (!error) return {};
  return { [ERROR_TYPE]: typeOf(error), [ERROR_BODY]: Buffer.from(JSON.stringify(error)).toString('base64') };
}

/** The error's name as a header can carry it. */
function typeOf({ errorType }) {
  return String(errorType).replace(/[^\x20-\x7e]/g, '');
}
