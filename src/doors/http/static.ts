import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { problem } from './problems.ts';

const CONTENT_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/** Serves the built dashboard; every path that is neither a file nor the API's is the application itself. */
export function dashboard(app: FastifyInstance, directory: string): void {
  const built = existsSync(join(directory, 'index.html'));
  if (built) {
    app.register(fastifyStatic, {
      root: directory,
      wildcard: false,
      setHeaders(response, path) {
        const immutable = path.includes(`${join(directory, 'assets')}`);
        response.header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] as string;
    const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (!wantsPage || path.startsWith('/api/')) {
      throw problem('not-found', `there is no ${request.method} ${path}; /openapi.json lists what there is`);
    }
    if (!built)
      throw problem(
        'not-built',
        'the dashboard is not built: run "npm run build", or start with "npm start"',
      );
    return reply.header('cache-control', 'no-cache').sendFile('index.html');
  });
}

/** Headers of every answer of the dashboard and the API. */
export function securityHeaders(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply) => {
    reply.header('content-security-policy', CONTENT_POLICY);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    reply.header('cross-origin-opener-policy', 'same-origin');
  });
}
