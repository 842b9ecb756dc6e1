import type { FastifyInstance } from 'fastify';
import type { Health } from '../../engines/health.ts';

/**
 * `/healthz`: the process lives. `/readyz`: it has started and the engines answer (503 with Retry-After until then and
 * while one does not).
 */
export function healthRoutes(
  app: FastifyInstance,
  id: string,
  { started, engines }: { started: () => boolean; engines: () => Promise<Health[]> },
): void {
  app.get('/healthz', async () => ({ status: 'ok', id }));
  app.get('/readyz', async (_request, reply) => {
    const health = await engines();
    const ready = started() && health.every(({ ok }) => ok);
    if (!ready) reply.code(503).header('retry-after', '1');
    return { status: ready ? 'ready' : 'not ready', engines: health };
  });
}
