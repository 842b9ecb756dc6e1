import type { McpHttpHandler } from '@modelcontextprotocol/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../../access/caller.ts';
import type { OperationTable } from '../../access/operation.ts';
import type { Perform } from '../../access/perform.ts';
import { problem } from '../../access/problems.ts';
import type { Log } from '../../lib/log.ts';
import { Tools } from './tools.ts';

export interface McpDoorOptions {
  operations: OperationTable;
  perform: Perform;
  /** Throws the Problem that refuses a caller. */
  authenticate(request: FastifyRequest): Promise<Caller>;
  version: string;
  log: Log;
}

/**
 * `/mcp`: the operations as tools of the Model Context Protocol, over streamable HTTP, without sessions. A bearer token
 * opens it; a dashboard session does not. Returns a function that ends the streams that are open.
 */
export function mcpDoor(app: FastifyInstance, options: McpDoorOptions): () => Promise<void> {
  const { operations, perform, authenticate, version, log } = options;
  const tools = new Tools(operations, perform);
  const report = (error: unknown, tool: string) => log.error({ tool, error: String(error) }, 'mcp failed');
  let handler: Promise<McpHttpHandler> | undefined;

  app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/mcp',
    handler: async (request, reply) => {
      const caller = await bearerOf(request, authenticate);
      handler ??= import('./server.ts').then(({ mcpHandler }) => mcpHandler({ tools, version, report }));
      const { fetch } = await handler;
      const authInfo = { token: '', clientId: caller.name, scopes: [], extra: { caller } };
      const response = await fetch(webRequest(request, reply), { authInfo, parsedBody: request.body });
      return reply.header('cache-control', 'no-store').send(response);
    },
  });

  return async () => (await handler)?.close();
}

async function bearerOf(
  request: FastifyRequest,
  authenticate: McpDoorOptions['authenticate'],
): Promise<Caller> {
  if (/^Bearer /i.test(request.headers.authorization ?? '')) return authenticate(request);
  throw problem('unauthenticated', 'send "Authorization: Bearer <token>"; "upstack env" prints the token');
}

/** The request without its body, which is parsed already; its signal says that the client is gone. */
function webRequest({ method, url, headers }: FastifyRequest, reply: FastifyReply): Request {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const sent = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((each): [string, string] => [name, each]),
  );
  return new Request(new URL(url, `http://${headers.host}`), { method, headers: sent, signal: gone.signal });
}
