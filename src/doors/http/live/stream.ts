import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { STREAM_PATH } from '../paths.ts';
import type { LiveListener } from './messages.ts';

/** Where the messages of the live stream come from. */
export interface LiveSource {
  /** Calls the listener for every message until the returned function is called. */
  subscribe(listener: LiveListener): () => void;
}

const KEEP_ALIVE_MS = 15_000;
/** A reader that lets this much pile up is disconnected; it reconnects and reads the current state. */
const LARGEST_BACKLOG_BYTES = 4 * 1024 * 1024;

/** `GET /api/stream`: server-sent events to every dashboard that is open. Returns a function that ends all of them. */
export function streamRoute(
  app: FastifyInstance,
  source: LiveSource,
  authenticate: (request: FastifyRequest) => void,
): () => void {
  const readers = new Set<ServerResponse>();

  app.get(STREAM_PATH, (request, reply) => {
    authenticate(request);
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 1000\n\n');
    const send = (text: string) => {
      if (response.writableLength > LARGEST_BACKLOG_BYTES) response.destroy();
      else response.write(text);
    };
    const stop = source.subscribe((name, message) =>
      send(`event: ${name}\ndata: ${JSON.stringify(message)}\n\n`),
    );
    const timer = setInterval(() => send(': still here\n\n'), KEEP_ALIVE_MS);
    readers.add(response);
    response.on('error', () => {});
    response.on('close', () => {
      clearInterval(timer);
      stop();
      readers.delete(response);
    });
  });

  return () => {
    for (const reader of readers) reader.end();
  };
}
