/** What the Lambda API, the SQS API and function URLs share on node:http. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

export type RawHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** A response, whoever writes it to the connection. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[]>;
  body: Uint8Array;
  /** What follows the body, part by part as it comes. */
  stream?: AsyncIterable<Uint8Array>;
}

/** A handler whose unforeseen failure costs one answer, not the process. */
export function guarded(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): RawHandler {
  return (request, response) => {
    handle(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else void answerWith(response, messageAnswer(500, 'Internal Server Error'));
    });
  };
}

/** Path and query of a request's target, both as sent. */
export function targetOf(url = '/'): { path: string; query: string } {
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

export function textHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const text: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) text[name] = typeof value === 'string' ? value : value.join(',');
  }
  return text;
}

/** Sends an answer, and what follows its body as it comes; a reader that is slow or gone holds up nobody but itself. */
export async function answerWith(
  response: ServerResponse,
  { status, headers, body, stream }: Answer,
): Promise<void> {
  if (!stream) return send(response, status, headers, body);
  if (!response.destroyed) {
    response.writeHead(status, headers);
    if (body.length > 0) response.write(body);
    else response.flushHeaders();
  }
  const gone = new Promise<void>((resolve) => response.once('close', resolve));
  // Whoever is gone still takes the first part: leaving the stream is what lets the function go on.
  for await (const part of stream) {
    if (response.destroyed) return;
    if (!response.write(part)) await Promise.race([gone, drained(response)]);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('drain', resolve));
}

function send(
  response: ServerResponse,
  status: number,
  headers: Record<string, string | string[]>,
  body: Uint8Array,
): void {
  if (response.destroyed) return;
  const hasBody = status !== 204 && status !== 304;
  response.writeHead(status, hasBody ? { ...headers, 'content-length': body.length } : headers);
  response.end(hasBody ? body : undefined);
}

export function messageAnswer(status: number, message: string): Answer {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, body: Buffer.from(JSON.stringify({ Message: message })) };
}
