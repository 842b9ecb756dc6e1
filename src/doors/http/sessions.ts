import type { FastifyInstance } from 'fastify';
import { problem } from '../../access/problems.ts';
import { SESSION_COOKIE, SESSION_MS, sealSession } from '../../access/sessions/session.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Authentication } from './authentication.ts';
import { SESSION_PATH } from './paths.ts';

const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Strict';

/** Log in with a token, and log out. Who is logged in is an operation, `showSession`. */
export function sessionRoutes(
  app: FastifyInstance,
  authentication: Authentication,
  sessionKey: string,
  clock: Clock,
): void {
  app.post(SESSION_PATH, async (request, reply) => {
    const { token } = (request.body ?? {}) as { token?: unknown };
    const holder = typeof token === 'string' ? await authentication.holder(token) : undefined;
    if (!holder) {
      throw problem(
        'unauthenticated',
        'this is not a valid token: "upstack env" prints the owner\'s, "upstack token create" creates others',
      );
    }
    const sealed = sealSession(holder.tokenId, clock.now(), sessionKey);
    reply.header('set-cookie', `${SESSION_COOKIE}=${sealed}; ${ATTRIBUTES}; Max-Age=${SESSION_MS / 1000}`);
    return reply.code(204).send();
  });

  app.delete(SESSION_PATH, async (_request, reply) => {
    reply.header('set-cookie', `${SESSION_COOKIE}=; ${ATTRIBUTES}; Max-Age=0`);
    return reply.code(204).send();
  });
}
