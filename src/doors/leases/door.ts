import type { FastifyInstance } from 'fastify';
import { problem } from '../../access/problems.ts';

export interface LeasesDoorOptions {
  /** The signed leases that are valid for a function now. */
  current(functionName: string): string[];
  authorize(writeKey: string): boolean;
}

/** `GET /leases/v1/:function`: what the SDK inside a function polls; the write key opens it. */
export function leasesDoor(app: FastifyInstance, { current, authorize }: LeasesDoorOptions): void {
  app.get('/leases/v1/:function', async (request, reply) => {
    const key = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (key === undefined || !authorize(key)) {
      throw problem(
        'unauthenticated',
        'send "Authorization: Bearer <write key>"; "upstack env" prints the write key',
      );
    }
    const { function: name } = request.params as { function: string };
    return reply.header('cache-control', 'no-store').send({ leases: current(name) });
  });
}
