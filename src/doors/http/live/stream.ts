import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Caller } from '../../../access/caller.ts';
import { problem } from '../../../access/problems.ts';
import { Problem } from '../../../lib/problem.ts';
import { STREAM_PATH } from '../paths.ts';
import type { LiveListener } from './messages.ts';

/** Where the messages of the live stream come from. */
export interface LiveSource {
  /** Calls the listener for every message until the returned function is called. */
  subscribe(listener: LiveListener): () => void;
}

const KEEP_ALIVE_MS = 15_000;
/** A reader that lets this much pile up is disconnected; it reconnects and reads the current state. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024;

export interface StreamOptions {
  source: LiveSource;
  /** Throws the Problem that refuses a caller. */
  authenticate(request: FastifyRequest): Promise<Caller>;
  /** Calls the listener for every revoked token until the returned function is called. */
  onRevoked(listener: (tokenId: string) => void): () => void;
}

/** `GET /api/stream`: server-sent events to every dashboard that is open. Returns a function that ends all of them. */
export function streamRoute(
  app: FastifyInstance,
  { source, authenticate, onRevoked }: StreamOptions,
): () => void {
  /** Readers with their token ids. */
  const readers = new Map<ServerResponse, string>();
  const stopListening = onRevoked((revoked) => {
    for (const [reader, tokenId] of readers) if (tokenId === revoked) reader.end();
  });

  app.get(STREAM_PATH, async (request, reply) => {
    const { tokenId } = await reading(request, authenticate);
    const response = reply.raw;
    reply.hijack();
    if (response.destroyed) return;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 1000\n\n');
    const send = (text: string) => {
      if (response.writableLength > MAX_BACKLOG_BYTES) response.destroy();
      else response.write(text);
    };
    const stop = source.subscribe((name, message) =>
      send(`event: ${name}\ndata: ${JSON.stringify(message)}\n\n`),
    );
    const timer = setInterval(() => {
      send(': still here\n\n');
      reading(request, authenticate).catch((error) => isOver(error) && response.end());
    }, KEEP_ALIVE_MS);
    readers.set(response, tokenId);
    response.on('error', () => {});
    response.on('close', () => {
      clearInterval(timer);
      stop();
      readers.delete(response);
    });
  });

  return () => {
    stopListening();
    for (const reader of readers.keys()) reader.end();
  };
}

async function reading(
  request: FastifyRequest,
  authenticate: StreamOptions['authenticate'],
): Promise<Caller> {
  const caller = await authenticate(request);
  if (caller.permissions.includes('read')) return caller;
  throw problem('forbidden', `${caller.name} may not read the live stream: it needs the permission "read"`);
}

/** Whether the reader lost its session or permission; a 503 only means that nobody can tell now. */
function isOver(error: unknown): boolean {
  return error instanceof Problem && error.status < 500;
}
